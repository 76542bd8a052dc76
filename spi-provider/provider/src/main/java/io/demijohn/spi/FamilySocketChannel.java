package io.demijohn.spi;

import io.demijohn.engine.Ready;
import io.demijohn.engine.StreamHandle;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjUserChannel;
import sun.nio.ch.Net;
import sun.nio.ch.SelChImpl;
import sun.nio.ch.SelectionKeyImpl;

/**
 * A socket channel as a member of the JDK's own family: what its selectors and file channels ask in their terms.
 *
 * <p>Adds no state. Selectors ask under their lock; nothing here waits, except {@link #park}.
 */
final class FamilySocketChannel extends BypassSocketChannel implements DjUserChannel {
    FamilySocketChannel(ChannelHome home, ProtocolFamily family, SocketChannel kernel) {
        super(home, family, kernel);
    }

    FamilySocketChannel(ChannelHome home, ProtocolFamily family, StreamHandle accepted, InetOptions options) {
        super(home, family, accepted, options);
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
        return inKernel()
                ? ((SelChImpl) kernel()).translateAndSetReadyOps(bits, key)
                : KeyInterest.translate(bits, 0, possibleOps(), key);
    }

    @Override
    public boolean translateAndUpdateReadyOps(int bits, SelectionKeyImpl key) {
        return inKernel()
                ? ((SelChImpl) kernel()).translateAndUpdateReadyOps(bits, key)
                : KeyInterest.translate(bits, key.nioReadyOps(), possibleOps(), key);
    }

    /** Returns null unless in the kernel: that keeps sendfile away from what is no socket. */
    @Override
    public @Nullable FileDescriptor getFD() {
        SocketChannel inKernel = delegate;
        return inKernel == null ? null : ((SelChImpl) inKernel).getFD();
    }

    @Override
    public int getFDVal() {
        SocketChannel inKernel = delegate;
        return inKernel == null ? -1 : ((SelChImpl) inKernel).getFDVal();
    }

    @Override
    public void kill() throws IOException {
        releaseKernel();
    }

    @Override
    public void park(int event, long nanos) throws IOException {
        StreamHandle bypassed = stream;
        if (bypassed == null) {
            ((SelChImpl) kernel()).park(event, nanos);
        } else {
            bypassed.await(event == Net.POLLIN ? Ready.READ : Ready.WRITE, nanos == 0 ? Long.MAX_VALUE : nanos);
        }
    }

    @Override
    public void park(int event) throws IOException {
        park(event, 0L);
    }
}
