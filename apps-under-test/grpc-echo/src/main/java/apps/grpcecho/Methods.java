package apps.grpcecho;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The methods of the service {@code Echo}, whose messages are plain bytes. */
final class Methods {
    static final String SERVICE = "Echo";

    /** Answers with the request. */
    static final MethodDescriptor<byte[], byte[]> ONCE = method("Once", MethodDescriptor.MethodType.UNARY);

    /** Answers a request {@code N} with messages of 0, 1, ... N-1 bytes. */
    static final MethodDescriptor<byte[], byte[]> MANY = method("Many", MethodDescriptor.MethodType.SERVER_STREAMING);

    /** Answers each request with itself as it comes. */
    static final MethodDescriptor<byte[], byte[]> EACH = method("Each", MethodDescriptor.MethodType.BIDI_STREAMING);

    private Methods() {}

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setType(type)
                .setRequestMarshaller(new Plain())
                .setResponseMarshaller(new Plain())
                .build();
    }

    /** Bytes as they are. */
    private static final class Plain implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
