package io.demijohn.spi;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjUserChannel;
import sun.nio.ch.SelChImpl;
import sun.nio.ch.SelectionKeyImpl;

/**
 * A listener as a member of the JDK's own family: what its selectors ask in their terms.
 *
 * <p>Adds no state. Selectors ask under their lock; nothing here waits, except {@link #park}.
 */
final class FamilyServerSocketChannel extends BypassServerSocketChannel implements DjUserChannel {
    FamilyServerSocketChannel(ChannelHome home, ProtocolFamily family, ServerSocketChannel kernel) {
        super(home, family, kernel);
    }

    @Override
    public int userReadyBits() {
        return KeyInterest.readyBits(readyOps());
    }

    @Override
    public int translateInterestOps(int interestOps) {
        return KeyInterest.pollBits(interestOps);
    }

    @Override
    public boolean translateAndSetReadyOps(int bits, SelectionKeyImpl key) {
        return KeyInterest.translate(bits, 0, possibleOps(), key);
    }

    @Override
    public boolean translateAndUpdateReadyOps(int bits, SelectionKeyImpl key) {
        return KeyInterest.translate(bits, key.nioReadyOps(), possibleOps(), key);
    }

    @Override
    public @Nullable FileDescriptor getFD() {
        return inKernel() ? ((SelChImpl) kernelChannel()).getFD() : null;
    }

    @Override
    public int getFDVal() {
        return inKernel() ? ((SelChImpl) kernelChannel()).getFDVal() : -1;
    }

    @Override
    public void kill() throws IOException {
        kernelChannel().close();
    }

    @Override
    public void park(int event, long nanos) throws IOException {
        if (isBypassed()) {
            await(nanos == 0 ? Waits.ENDLESS_NANOS : nanos);
        } else {
            ((SelChImpl) kernelChannel()).park(event, nanos);
        }
    }

    @Override
    public void park(int event) throws IOException {
        park(event, 0L);
    }
}
