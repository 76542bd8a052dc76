package apps.nettyecho;

import apps.common.Bytes;
import apps.common.Tls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** Many connections to one server at once, each with its own stream; prints one line for each method that held. */
final class EchoClient implements AutoCloseable {
    private static final int LOOPS = 2;
    private static final int END_SECONDS_MAX = 60;
    private static final int CLOSE_SECONDS_MAX = 5;

    private static final int TURN_CONNECTIONS = 20;
    private static final int TURN_BYTES = 64;
    private static final int TURNS = 500;
    private static final int STREAM_CONNECTIONS = 300;
    private static final int STREAM_BYTES = 200_000;
    private static final int TLS_CONNECTIONS = 30;
    private static final int FILE_BYTES = 10_000_000;
    private static final int HELD_CONNECTIONS = 10;

    private final NioEventLoopGroup loops = new NioEventLoopGroup(LOOPS);
    private final String host;
    private final Tls tls;

    EchoClient(String host, Tls tls) {
        this.host = host;
        this.tls = tls;
    }

    /** Sends a little, waits for it, and so on. */
    void turns(int port) throws Exception {
        List<EchoStream> streams = new ArrayList<>();
        for (int i = 0; i < TURN_CONNECTIONS; i++) {
            streams.add(new EchoStream((long) TURN_BYTES * TURNS, TURN_BYTES, TURN_BYTES, null));
        }
        run(streams, port, false);
        System.out.println("turns " + TURN_CONNECTIONS + "x" + TURNS + " OK");
    }

    /** Sends as fast as it may, in pieces of another size on each connection. */
    void streams(int port) throws Exception {
        run(many(STREAM_CONNECTIONS), port, false);
        System.out.println("streams " + STREAM_CONNECTIONS + "x" + STREAM_BYTES + " OK");
    }

    /** The same over TLS. */
    void secured(int tlsPort) throws Exception {
        run(many(TLS_CONNECTIONS), tlsPort, true);
        System.out.println("tls " + TLS_CONNECTIONS + "x" + STREAM_BYTES + " OK");
    }

    private static List<EchoStream> many(int connections) {
        List<EchoStream> streams = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            streams.add(new EchoStream(STREAM_BYTES, 1 + 997 * i % 60_000 + 200, Long.MAX_VALUE, null));
        }
        return streams;
    }

    /** Sends a file as one region, which Netty leaves to {@code FileChannel.transferTo}. */
    void file(int port) throws Exception {
        Path file = Files.createTempFile("netty", ".bytes");
        try {
            Files.write(file, Bytes.range(0, FILE_BYTES));
            File region = file.toFile();
            run(List.of(new EchoStream(FILE_BYTES, FILE_BYTES, Long.MAX_VALUE, region)), port, false);
        } finally {
            Files.delete(file);
        }
        System.out.println("file " + FILE_BYTES + " OK");
    }

    /** Opens a few connections that stay until the end. */
    void hold(int port) throws InterruptedException {
        for (int i = 0; i < HELD_CONNECTIONS; i++) {
            connect(new EchoStream(1, 1, 1, null).staying(), port, false);
        }
    }

    private void run(List<EchoStream> streams, int port, boolean secure) throws Exception {
        for (EchoStream stream : streams) {
            connect(stream, port, secure);
        }
        for (EchoStream stream : streams) {
            stream.end().get(END_SECONDS_MAX, TimeUnit.SECONDS);
        }
    }

    private void connect(EchoStream stream, int port, boolean secure) throws InterruptedException {
        @Nullable SSLEngine engine = secure ? tls.context().createSSLEngine(host, port) : null;
        var unused = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connecting) {
                        if (engine != null) {
                            engine.setUseClientMode(true);
                            connecting.pipeline().addLast(new SslHandler(engine));
                        }
                        connecting.pipeline().addLast(stream);
                    }
                })
                .connect(host, port)
                .sync();
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
