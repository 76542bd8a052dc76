package io.demijohn.agent.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Started with a socket as its standard input: says over it which provider it has, then echoes one message. */
public final class InheritedSocket {
    private InheritedSocket() {}

    public static void main(String[] arguments) throws IOException {
        Channel inherited = System.inheritedChannel();
        if (inherited != System.inheritedChannel()) {
            throw new IllegalStateException("another one each time");
        }
        try (SocketChannel channel = connection(inherited);
                Selector selector = Selector.open()) {
            String provider = channel.provider().getClass().getName();
            channel.write(ByteBuffer.wrap((provider + "\n").getBytes(StandardCharsets.UTF_8)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            ByteBuffer message = ByteBuffer.allocate(5);
            while (message.hasRemaining()) {
                selector.select();
                selector.selectedKeys().clear();
                if (channel.read(message) < 0) {
                    throw new IOException("ended early");
                }
            }
            channel.write(message.flip());
        }
    }

    private static SocketChannel connection(Channel inherited) throws IOException {
        if (inherited instanceof ServerSocketChannel listener) {
            return listener.accept();
        }
        if (inherited instanceof SocketChannel channel) {
            return channel;
        }
        throw new IOException("inherited " + inherited);
    }
}
