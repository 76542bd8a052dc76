package apps.grpcecho;

import apps.common.Bytes;
import apps.common.Tls;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Two listeners, plain and TLS; made and closed by the program's main thread. */
final class EchoService implements AutoCloseable {
    static final int MESSAGE_BYTES_MAX = 16 << 20;
    private static final int CLOSE_SECONDS_MAX = 10;

    private final Server plain;
    private final Server secure;

    private EchoService(Server plain, Server secure) {
        this.plain = plain;
        this.secure = secure;
    }

    /** Starts both on ports of the system's choice. */
    static EchoService start(String host, Tls tls) throws IOException {
        Server plain = builder(host).build().start();
        Server secure = builder(host)
                .sslContext(GrpcSslContexts.configure(SslContextBuilder.forServer(tls.keys()), SslProvider.JDK)
                        .build())
                .build()
                .start();
        return new EchoService(plain, secure);
    }

    private static NettyServerBuilder builder(String host) {
        return NettyServerBuilder.forAddress(new InetSocketAddress(host, 0))
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .addService(ServerServiceDefinition.builder(Methods.SERVICE)
                        .addMethod(Methods.ONCE, ServerCalls.asyncUnaryCall(EchoService::once))
                        .addMethod(Methods.MANY, ServerCalls.asyncServerStreamingCall(EchoService::many))
                        .addMethod(Methods.EACH, ServerCalls.asyncBidiStreamingCall(EchoService::each))
                        .build());
    }

    private static void once(byte[] request, StreamObserver<byte[]> answers) {
        answers.onNext(request);
        answers.onCompleted();
    }

    private static void many(byte[] request, StreamObserver<byte[]> answers) {
        int count = Integer.parseInt(new String(request, StandardCharsets.US_ASCII));
        for (int i = 0; i < count; i++) {
            answers.onNext(Bytes.range(i, i));
        }
        answers.onCompleted();
    }

    private static StreamObserver<byte[]> each(StreamObserver<byte[]> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] request) {
                answers.onNext(request);
            }

            @Override
            public void onError(Throwable cause) {
                System.out.println("stream: " + cause);
            }

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    int port() {
        return plain.getPort();
    }

    int tlsPort() {
        return secure.getPort();
    }

    @Override
    public void close() {
        plain.shutdown();
        secure.shutdown();
        try {
            if (!plain.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
                    || !secure.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IllegalStateException("FAILED shutdown");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
