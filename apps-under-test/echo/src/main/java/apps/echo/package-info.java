/** An echo server and its clients on java.net sockets and threads. */
@NullMarked
package apps.echo;

import org.jspecify.annotations.NullMarked;
