/** A program that echoes through asynchronous channels. */
@NullMarked
package apps.asyncecho;

import org.jspecify.annotations.NullMarked;
