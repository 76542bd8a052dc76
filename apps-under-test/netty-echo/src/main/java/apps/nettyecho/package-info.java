/** An echo server and its clients on Netty's NIO transport; runs with Netty 4.1 and 4.2. */
@NullMarked
package apps.nettyecho;

import org.jspecify.annotations.NullMarked;
