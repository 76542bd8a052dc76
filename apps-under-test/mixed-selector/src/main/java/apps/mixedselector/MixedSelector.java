package apps.mixedselector;

import apps.common.Arguments;
import apps.common.Bytes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * {@code mixed-selector --first H:P --second H:P [--rounds N] [--size N]}: one selector, one channel to each of two echo servers;
 * both play ping-pong at the same time, every byte compared. Prints one {@code OK} line for each and ends.
 */
public final class MixedSelector {
    private static final long SELECT_MILLIS_MAX = 30_000;

    private MixedSelector() {}

    /** Runs the program. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "first", "second", "rounds", "size");
        int rounds = arguments.number("rounds", 1000);
        byte[] message = Bytes.range(0, arguments.number("size", 64));
        try (Selector selector = Selector.open()) {
            open(selector, arguments.text("first", ""), message, rounds);
            open(selector, arguments.text("second", ""), message, rounds);
            while (selector.keys().stream().anyMatch(SelectionKey::isValid)) {
                if (selector.select(MixedSelector::step, SELECT_MILLIS_MAX) == 0) {
                    throw new IOException("FAILED nothing was ready for " + SELECT_MILLIS_MAX + " ms");
                }
            }
        }
    }

    private static void open(Selector selector, String peer, byte[] message, int rounds) throws IOException {
        int colon = peer.lastIndexOf(':');
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        PingPong pingPong = new PingPong(peer, channel, message, rounds);
        channel.register(selector, SelectionKey.OP_CONNECT, pingPong);
        channel.connect(new InetSocketAddress(peer.substring(0, colon), Integer.parseInt(peer.substring(colon + 1))));
    }

    private static void step(SelectionKey key) {
        try {
            if (((PingPong) key.attachment()).step(key)) {
                key.channel().close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("FAILED " + key.attachment(), e);
        }
    }
}
