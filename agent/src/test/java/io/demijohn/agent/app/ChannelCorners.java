package io.demijohn.agent.app;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import jdk.nio.Channels.SelectableChannelCloser;

/** Uses what the JDK does with channels beside their own methods, and prints a line for each that worked. */
public final class ChannelCorners {
    private ChannelCorners() {}

    public static void main(String[] arguments) throws Exception {
        streams();
        Output.line("streams");
        foreign();
        Output.line("foreign");
    }

    /** A reader that waits in the one stream must not keep a writer out of the other. */
    private static void streams() throws Exception {
        try (ServerSocketChannel listener =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                SocketChannel server = listener.accept()) {
            InputStream in = Channels.newInputStream(client);
            OutputStream out = Channels.newOutputStream(client);
            FutureTask<Integer> reader = new FutureTask<>(in::read);
            Thread thread = new Thread(reader);
            thread.setDaemon(true);
            thread.start();
            while (!isReading(thread)) {
                Thread.onSpinWait();
            }
            FutureTask<Boolean> writer = new FutureTask<>(() -> {
                out.write(7);
                return true;
            });
            Thread writing = new Thread(writer);
            writing.setDaemon(true);
            writing.start();
            writer.get(20, TimeUnit.SECONDS);
            require(Channels.newInputStream(server).read() == 7);
            Channels.newOutputStream(server).write(8);
            require(reader.get(20, TimeUnit.SECONDS) == 8);
            client.configureBlocking(false);
            require(refuses(in) && refuses(out));
            client.configureBlocking(true);
            out.close();
            require(!client.isOpen());
            require(Channels.newInputStream(server).read() == -1);
        }
    }

    private static boolean isReading(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getMethodName().startsWith("await")
                    || frame.getMethodName().equals("read0")
                    || frame.getMethodName().equals("park")) {
                return true;
            }
        }
        return false;
    }

    private static boolean refuses(InputStream in) throws IOException {
        try {
            in.read();
            return false;
        } catch (IllegalBlockingModeException expected) {
            return true;
        }
    }

    private static boolean refuses(OutputStream out) throws IOException {
        try {
            out.write(1);
            return false;
        } catch (IllegalBlockingModeException expected) {
            return true;
        }
    }

    /** A descriptor of somebody else's, as a channel of the JDK, in our selector: here the standard input, which ended. */
    private static void foreign() throws IOException {
        try (Selector selector = Selector.open()) {
            Closer closer = new Closer();
            SelectableChannel channel = jdk.nio.Channels.readWriteSelectableChannel(FileDescriptor.in, closer);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            require(selector.select() == 1 && key.isReadable());
            channel.close();
            selector.selectNow();
            require(closer.closed && selector.keys().isEmpty());
        }
    }

    private static final class Closer implements SelectableChannelCloser {
        private boolean closed;

        @Override
        public void implCloseChannel(SelectableChannel channel) {
            require(!channel.isOpen());
        }

        @Override
        public void implReleaseChannel(SelectableChannel channel) {
            closed = true;
        }
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("not what the JDK does");
        }
    }
}
