/** A gRPC service that echoes bytes, and its client, on grpc-netty; without generated code. */
@NullMarked
package apps.grpcecho;

import org.jspecify.annotations.NullMarked;
