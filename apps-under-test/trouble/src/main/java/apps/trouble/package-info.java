/** What a program sees when an address is in use or a port refuses. */
@NullMarked
package apps.trouble;

import org.jspecify.annotations.NullMarked;
