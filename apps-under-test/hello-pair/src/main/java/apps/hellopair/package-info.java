/** The HTTP server and the HTTP client against each other in one JVM. */
@NullMarked
package apps.hellopair;

import org.jspecify.annotations.NullMarked;
