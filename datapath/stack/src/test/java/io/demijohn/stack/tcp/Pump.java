package io.demijohn.stack.tcp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An application at one end: writes a stream as room allows, reads to the end of the other, then closes. */
final class Pump {
    private final TcpPair pair;
    private final TcpHost host;
    private final ByteBuffer outgoing;
    private final byte[] incoming;
    private int incomingBytes;
    private boolean ended;
    private boolean shut;
    private boolean closed;

    @Nullable
    TcpConnection connection;

    Pump(TcpPair pair, TcpHost host, byte[] stream, int expectedBytes) {
        this.pair = pair;
        this.host = host;
        this.outgoing = ByteBuffer.wrap(stream);
        this.incoming = new byte[expectedBytes];
    }

    /** Does what can be done now. */
    void turn() {
        TcpConnection own = connection;
        if (own == null || closed) {
            return;
        }
        int events = own.takeEvents();
        if ((events & Ev.ERROR) != 0) {
            throw new AssertionError("connection failed: " + own.error());
        }
        ended |= (events & Ev.PEER_FIN) != 0;
        if (own.state() == TcpState.SYN_SENT || own.state() == TcpState.SYN_RECEIVED) {
            return;
        }
        if (outgoing.hasRemaining() && own.sendQueue().write(outgoing) > 0) {
            host.tcp.send(own, pair.now);
        }
        if (!outgoing.hasRemaining() && !shut) {
            shut = true;
            host.tcp.shutdownOutput(own, pair.now);
        }
        int count = own.receiveQueue().read(incoming, incomingBytes, incoming.length - incomingBytes);
        if (count > 0) {
            incomingBytes += count;
            host.tcp.consumed(own, pair.now);
        }
        if (ended && shut && own.receiveQueue().availableBytes() == 0) {
            closed = true;
            host.tcp.close(own, pair.now);
        }
    }

    boolean isDone() {
        return closed;
    }

    byte[] received() {
        return Arrays.copyOf(incoming, incomingBytes);
    }

    void dispose() {
        if (connection != null) {
            TcpHost.dispose(connection);
        }
    }
}
