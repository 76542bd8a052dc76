package io.demijohn.spi;

import io.demijohn.engine.Ready;
import io.demijohn.engine.StreamHandle;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjUserChannel;
import sun.nio.ch.Net;
import sun.nio.ch.SelChImpl;
import sun.nio.ch.SelectionKeyImpl;

/**
 * What selectors and the JDK ask of a socket channel: its readiness and its descriptor.
 *
 * <p>Selectors ask under their lock; nothing here waits, except {@link #park}. The state is the subclass's to change.
 */
abstract class SelectableStreamChannel extends StreamChannel implements DjUserChannel, SelectorReadiness.Member {
    final ChannelKeys keys = new ChannelKeys();

    /** Whether selectors watch the delegate's descriptor: only after its connect began. */
    volatile boolean watched;

    /** Of this channel while it is undecided or bypassed; in the kernel, the delegate knows. */
    volatile ChannelPhase phase = ChannelPhase.UNCONNECTED;

    SelectableStreamChannel(SelectorProvider provider) {
        super(provider);
    }

    /** Returns the kernel channel, which all but accepted channels have; closed once this one is bypassed. */
    abstract SocketChannel kernel();

    @Override
    public ChannelKeys keys() {
        return keys;
    }

    @Override
    public boolean inKernel() {
        return watched;
    }

    @Override
    public int userReadyBits() {
        StreamHandle bypassed = stream;
        if (bypassed == null) {
            return 0;
        }
        int ready = bypassed.ready();
        if ((ready & Ready.ERROR) != 0) {
            return KeyInterest.FAILED;
        }
        if (phase == ChannelPhase.PENDING) {
            return (ready & Ready.CONNECT) != 0 ? Net.POLLCONN : 0;
        }
        int bits = (ready & Ready.READ) != 0 ? Net.POLLIN : 0;
        if ((ready & Ready.WRITE) != 0) {
            bits |= Net.POLLOUT;
        }
        boolean ended = inputShut || (ready & Ready.EOF) != 0;
        return ended && outputShut ? bits | Net.POLLHUP : bits;
    }

    @Override
    public int translateInterestOps(int interestOps) {
        return KeyInterest.pollBits(interestOps);
    }

    @Override
    public boolean translateAndSetReadyOps(int bits, SelectionKeyImpl key) {
        return watched
                ? ((SelChImpl) kernel()).translateAndSetReadyOps(bits, key)
                : KeyInterest.translate(bits, 0, possibleOps(), key);
    }

    @Override
    public boolean translateAndUpdateReadyOps(int bits, SelectionKeyImpl key) {
        return watched
                ? ((SelChImpl) kernel()).translateAndUpdateReadyOps(bits, key)
                : KeyInterest.translate(bits, key.nioReadyOps(), possibleOps(), key);
    }

    private int possibleOps() {
        return switch (phase) {
            case CONNECTED -> SelectionKey.OP_READ | SelectionKey.OP_WRITE;
            case PENDING -> SelectionKey.OP_CONNECT;
            default -> 0;
        };
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
