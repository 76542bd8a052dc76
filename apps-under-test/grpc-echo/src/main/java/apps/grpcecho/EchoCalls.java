package apps.grpcecho;

import apps.common.Bytes;
import apps.common.Tls;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a client calls on one channel; prints one line for each method that held. Closed by the program's main thread. */
final class EchoCalls implements AutoCloseable {
    private static final int IN_TURN = 500;
    private static final int MANY = 2000;
    private static final int STREAMS = 50;
    private static final int MESSAGES_PER_STREAM = 100;
    private static final int LARGE_BYTES = 10_000_000;
    private static final int SECONDS_MAX = 60;

    private final String name;
    private final ManagedChannel channel;

    private EchoCalls(String name, ManagedChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    /** Makes a channel without TLS. */
    static EchoCalls plain(String host, int port) {
        return new EchoCalls("plain", builder(host, port).usePlaintext().build());
    }

    /** Makes a channel with TLS. */
    static EchoCalls secure(String host, int port, Tls tls) throws IOException {
        return new EchoCalls(
                "tls",
                builder(host, port)
                        .sslContext(GrpcSslContexts.configure(
                                        SslContextBuilder.forClient().trustManager(tls.trust()), SslProvider.JDK)
                                .build())
                        .build());
    }

    private static NettyChannelBuilder builder(String host, int port) {
        return NettyChannelBuilder.forAddress(new InetSocketAddress(host, port))
                .maxInboundMessageSize(EchoService.MESSAGE_BYTES_MAX);
    }

    /** Runs all four kinds of calls. */
    void run() throws Exception {
        inTurn();
        many();
        streams();
        large();
    }

    private void inTurn() throws IOException {
        for (int i = 0; i < IN_TURN; i++) {
            once(Bytes.range(i, i));
        }
        System.out.println(name + " in turn " + IN_TURN + " OK");
    }

    private void once(byte[] request) throws IOException {
        byte[] answer = ClientCalls.blockingUnaryCall(
                channel, Methods.ONCE, CallOptions.DEFAULT.withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS), request);
        check(Arrays.equals(request, answer), "answer of " + request.length);
    }

    private void many() throws IOException {
        Iterator<byte[]> answers = ClientCalls.blockingServerStreamingCall(
                channel,
                Methods.MANY,
                CallOptions.DEFAULT,
                Integer.toString(MANY).getBytes(StandardCharsets.US_ASCII));
        int count = 0;
        while (answers.hasNext()) {
            check(Arrays.equals(Bytes.range(count, count), answers.next()), "message " + count);
            count++;
        }
        check(count == MANY, "messages: " + count);
        System.out.println(name + " many " + MANY + " OK");
    }

    private void streams() throws Exception {
        List<Stream> streams = new ArrayList<>();
        List<StreamObserver<byte[]>> requests = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            Stream stream = new Stream();
            streams.add(stream);
            requests.add(
                    ClientCalls.asyncBidiStreamingCall(channel.newCall(Methods.EACH, CallOptions.DEFAULT), stream));
        }
        for (int message = 0; message < MESSAGES_PER_STREAM; message++) {
            for (StreamObserver<byte[]> request : requests) {
                request.onNext(Bytes.range(message, message * 10));
            }
        }
        requests.forEach(StreamObserver::onCompleted);
        for (Stream stream : streams) {
            int got = stream.end.get(SECONDS_MAX, TimeUnit.SECONDS);
            check(got == MESSAGES_PER_STREAM, "messages of a stream: " + got);
        }
        System.out.println(name + " streams " + STREAMS + "x" + MESSAGES_PER_STREAM + " OK");
    }

    private void large() throws IOException {
        once(Bytes.range(3, LARGE_BYTES));
        System.out.println(name + " large " + LARGE_BYTES + " OK");
    }

    private static void check(boolean held, String what) throws IOException {
        if (!held) {
            throw new IOException("FAILED " + what);
        }
    }

    @Override
    public void close() {
        channel.shutdown();
        try {
            if (!channel.awaitTermination(SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IllegalStateException("FAILED shutdown");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The answers of one stream, compared as they come. Called by one thread at a time. */
    private static final class Stream implements StreamObserver<byte[]> {
        private final CompletableFuture<Integer> end = new CompletableFuture<>();
        private int count;

        @Override
        public void onNext(byte[] answer) {
            if (!Arrays.equals(Bytes.range(count, count * 10), answer)) {
                end.completeExceptionally(new IOException("FAILED message " + count));
            }
            count++;
        }

        @Override
        public void onError(Throwable cause) {
            end.completeExceptionally(cause);
        }

        @Override
        public void onCompleted() {
            end.complete(count);
        }
    }
}
