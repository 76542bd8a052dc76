package apps.nettyecho;

import apps.common.Tls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;

/** Two listeners, plain and TLS, that send back what comes; made and closed by the program's main thread. */
final class EchoServer implements AutoCloseable {
    private static final int BACKLOG = 500;
    private static final int LOOPS = 2;
    private static final int CLOSE_SECONDS_MAX = 5;

    private final NioEventLoopGroup loops = new NioEventLoopGroup(LOOPS);
    private final Channel plain;
    private final Channel secure;

    private EchoServer(String host, Tls tls) throws InterruptedException {
        this.plain = listen(host, new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(new EchoHandler());
            }
        });
        this.secure = listen(host, new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                SSLEngine engine = tls.context().createSSLEngine();
                engine.setUseClientMode(false);
                channel.pipeline().addLast(new SslHandler(engine), new EchoHandler());
            }
        });
    }

    private Channel listen(String host, ChannelInitializer<SocketChannel> handlers) throws InterruptedException {
        return new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(handlers)
                .bind(host, 0)
                .sync()
                .channel();
    }

    /** Starts both listeners on ports of the system's choice. */
    static EchoServer start(String host, Tls tls) throws InterruptedException {
        return new EchoServer(host, tls);
    }

    int port() {
        return ((InetSocketAddress) plain.localAddress()).getPort();
    }

    int tlsPort() {
        return ((InetSocketAddress) secure.localAddress()).getPort();
    }

    @Override
    public void close() {
        plain.close().awaitUninterruptibly();
        secure.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Sends back what comes and reads no further while the peer does not. Called by the channel's event loop. */
    private static final class EchoHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var unused = context.write(message);
            if (!context.channel().isWritable()) {
                context.channel().config().setAutoRead(false);
                context.flush();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable()) {
                context.channel().config().setAutoRead(true);
            }
            context.fireChannelWritabilityChanged();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            System.out.println("connection: " + cause);
            var unused = context.close();
        }
    }
}
