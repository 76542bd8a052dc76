/** What a program sees that makes the implementations of its sockets itself. */
@NullMarked
package apps.socketfactory;

import org.jspecify.annotations.NullMarked;
