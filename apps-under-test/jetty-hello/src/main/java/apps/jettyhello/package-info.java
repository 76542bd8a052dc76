/** An HTTP server on Jetty 12. */
@NullMarked
package apps.jettyhello;

import org.jspecify.annotations.NullMarked;
