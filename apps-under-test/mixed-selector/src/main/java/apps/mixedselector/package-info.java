/** Two peers on different addresses served by one selector. */
@NullMarked
package apps.mixedselector;

import org.jspecify.annotations.NullMarked;
