package io.demijohn.spi;

import java.nio.channels.SelectionKey;
import sun.nio.ch.Net;
import sun.nio.ch.SelectionKeyImpl;

/**
 * Translates between interest sets and poll bits exactly as the JDK's own channels do.
 *
 * <p>Stateless; called by selectors under their lock.
 */
final class KeyInterest {
    /** {@link Selectable#EVERYTHING} in poll bits. */
    private static final int EVERYTHING = Net.POLLIN | Net.POLLOUT | Net.POLLERR | Net.POLLHUP;

    private KeyInterest() {}

    /** Returns the poll bits that tell about {@code interestOps}. */
    static int pollBits(int interestOps) {
        int bits = 0;
        if ((interestOps & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
            bits |= Net.POLLIN;
        }
        if ((interestOps & SelectionKey.OP_WRITE) != 0) {
            bits |= Net.POLLOUT;
        }
        if ((interestOps & SelectionKey.OP_CONNECT) != 0) {
            bits |= Net.POLLCONN;
        }
        return bits;
    }

    /** Returns {@code readyOps} of a {@link Selectable} as poll bits. */
    static int readyBits(int readyOps) {
        return readyOps == Selectable.EVERYTHING ? EVERYTHING : pollBits(readyOps);
    }

    /**
     * Sets the ready set of {@code key} from {@code bits}.
     *
     * @param initialOps what stays ready: 0 to set, the key's present ready set to update
     * @param possibleOps what may become ready in the channel's present state
     * @return whether an operation became ready that was not before
     */
    static boolean translate(int bits, int initialOps, int possibleOps, SelectionKeyImpl key) {
        int interestOps = key.nioInterestOps();
        int oldOps = key.nioReadyOps();
        int newOps = initialOps;
        if ((bits & Net.POLLNVAL) != 0) {
            return false;
        }
        if ((bits & (Net.POLLERR | Net.POLLHUP)) != 0) {
            newOps = interestOps;
        } else {
            int wanted = interestOps & possibleOps;
            if ((bits & Net.POLLIN) != 0) {
                newOps |= wanted & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT);
            }
            if ((bits & Net.POLLOUT) != 0) {
                newOps |= wanted & SelectionKey.OP_WRITE;
            }
            if ((bits & Net.POLLCONN) != 0) {
                newOps |= wanted & SelectionKey.OP_CONNECT;
            }
        }
        key.nioReadyOps(newOps);
        return (newOps & ~oldOps) != 0;
    }
}
