/** An HTTP client that measures round trips, over java.net.http or over a plain socket. */
@NullMarked
package apps.httpclient;

import org.jspecify.annotations.NullMarked;
