package io.demijohn.spi;

import io.demijohn.engine.Ready;
import io.demijohn.engine.StreamHandle;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * What selectors ask of a socket channel: its readiness and the channel that the kernel knows.
 *
 * <p>Selectors ask under their lock; nothing here waits. The state is the subclass's to change.
 */
abstract class SelectableStreamChannel extends StreamChannel implements Selectable {
    final ChannelKeys keys = new ChannelKeys();

    /** Whether selectors watch the delegate: only after its connect began. */
    volatile boolean watched;

    /** Of this channel while it is undecided or bypassed; in the kernel, the delegate knows. */
    volatile ChannelPhase phase = ChannelPhase.UNCONNECTED;

    SelectableStreamChannel(SelectorProvider provider) {
        super(provider);
    }

    /** Returns the kernel channel, which all but accepted channels have; closed once this one is bypassed. */
    abstract SocketChannel kernel();

    @Override
    public final ChannelKeys keys() {
        return keys;
    }

    @Override
    public final boolean inKernel() {
        return watched;
    }

    @Override
    public final SelectableChannel kernelChannel() {
        return kernel();
    }

    @Override
    public final int readyOps() {
        StreamHandle bypassed = stream;
        if (bypassed == null) {
            return 0;
        }
        int ready = bypassed.ready();
        if ((ready & Ready.ERROR) != 0) {
            return EVERYTHING;
        }
        if (phase == ChannelPhase.PENDING) {
            return (ready & Ready.CONNECT) != 0 ? SelectionKey.OP_CONNECT : 0;
        }
        boolean ended = inputShut || (ready & Ready.EOF) != 0;
        if (ended && outputShut) {
            return EVERYTHING;
        }
        int ops = (ready & Ready.READ) != 0 ? SelectionKey.OP_READ : 0;
        return (ready & Ready.WRITE) != 0 ? ops | SelectionKey.OP_WRITE : ops;
    }

    @Override
    public final int possibleOps() {
        return switch (phase) {
            case CONNECTED -> SelectionKey.OP_READ | SelectionKey.OP_WRITE;
            case PENDING -> SelectionKey.OP_CONNECT;
            default -> 0;
        };
    }
}
