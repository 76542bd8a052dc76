/** Urgent data in the middle of a stream. */
@NullMarked
package apps.urgent;

import org.jspecify.annotations.NullMarked;
