/** Many open connections that do nothing. */
@NullMarked
package apps.many;

import org.jspecify.annotations.NullMarked;
