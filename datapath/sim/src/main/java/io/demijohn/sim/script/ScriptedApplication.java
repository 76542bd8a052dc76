package io.demijohn.sim.script;

import io.demijohn.sim.Pattern;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.tcp.Ev;
import io.demijohn.stack.tcp.Tcp;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import io.demijohn.stack.tcp.TcpOptions;
import io.demijohn.stack.tcp.TcpStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The application of a script: one listener at most, one connection at most, calls as the script's words say.
 *
 * <p>Owned by one {@link ScriptRunner}; one thread.
 */
final class ScriptedApplication {
    private static final int PORT = 80;
    private static final int BACKLOG = 4;
    private static final IpAddress OWN = IpAddress.ofIpv4(ScriptedPeer.STACK_ADDRESS);
    private static final IpAddress PEER = IpAddress.ofIpv4(ScriptedPeer.ADDRESS);

    private final Tcp tcp;
    private final ScriptedPeer peer;
    private final Pattern written;
    private final Pattern expected;
    private @Nullable TcpListener listener;
    private @Nullable TcpConnection connection;
    private int events;
    private boolean released;
    private long writtenBytes;
    private long readBytes;

    ScriptedApplication(Tcp tcp, ScriptedPeer peer, Pattern written, Pattern expected) {
        this.tcp = tcp;
        this.peer = peer;
        this.written = written;
        this.expected = expected;
    }

    /** Does or checks what the words say; fails with a {@link ScriptException}. */
    void act(List<String> words, long nowNanos) {
        String argument = words.size() > 1 ? words.get(1) : "";
        switch (words.get(0)) {
            case "listen" -> listen();
            case "connect" -> connect(nowNanos);
            case "accept" -> accept();
            case "write" -> write(Integer.parseInt(argument), nowNanos);
            case "read" -> read(Integer.parseInt(argument), nowNanos);
            case "nodelay" -> connection().setNoDelay(true);
            case "shutdown" -> tcp.shutdownOutput(connection(), nowNanos);
            case "close" -> {
                tcp.close(connection(), nowNanos);
                released = true;
            }
            case "abort" -> {
                tcp.abort(connection(), nowNanos);
                released = true;
            }
            case "state" ->
                require(
                        connection().state().name().equals(argument),
                        "state is " + connection().state());
            case "is" -> check(argument);
            default -> throw new ScriptException("unknown call " + words);
        }
    }

    /** Takes the events that the stack has for us. */
    void collect() {
        TcpConnection touched = tcp.nextTouched();
        while (touched != null) {
            if (touched == connection) {
                events |= touched.takeEvents();
            }
            touched = tcp.nextTouched();
        }
        TcpListener pending;
        do {
            pending = tcp.nextTouchedListener();
        } while (pending != null);
    }

    /** Lets go of everything, so that memory can be counted. */
    void end(long nowNanos) {
        TcpListener listening = listener;
        if (listening != null) {
            tcp.close(listening, nowNanos);
        }
        TcpConnection own = connection;
        if (own != null && !released) {
            tcp.abort(own, nowNanos);
        }
    }

    /** Frees the queues of a connection that is gone, as the engine does. */
    void release() {
        TcpConnection own = connection;
        if (own != null) {
            own.receiveQueue().releaseAll();
            own.sendQueue().releaseAll();
        }
    }

    private void listen() {
        int port = tcp.reservePort(OWN, PORT, true);
        require(port == PORT, "port not free: " + port);
        listener = tcp.listen(OWN, PORT, BACKLOG, TcpOptions.DEFAULTS);
        require(listener != null, "listen gave " + tcp.lastStatus());
    }

    private void connect(long nowNanos) {
        TcpConnection opened = tcp.connect(OWN, 0, false, PEER, PORT, TcpOptions.DEFAULTS, nowNanos);
        if (opened == null) {
            throw new ScriptException("connect gave " + tcp.lastStatus());
        }
        connection = opened;
        peer.ports(opened.localPort(), PORT);
    }

    private void accept() {
        TcpListener listening = listener;
        TcpConnection accepted = listening == null ? null : listening.accept();
        if (accepted == null) {
            throw new ScriptException("nothing to accept");
        }
        connection = accepted;
        events |= accepted.takeEvents();
    }

    private void write(int bytes, long nowNanos) {
        TcpConnection own = connection();
        for (int left = bytes; left > 0; ) {
            int length = Math.min(left, 65536);
            int taken = own.sendQueue().write(written.array(), written.offset(writtenBytes), length);
            require(taken > 0, "write found no room");
            writtenBytes += taken;
            left -= taken;
        }
        tcp.send(own, nowNanos);
    }

    private void read(int bytes, long nowNanos) {
        TcpConnection own = connection();
        int available = own.receiveQueue().availableBytes();
        require(available == bytes, available + " bytes wait");
        byte[] target = new byte[bytes];
        int read = 0;
        while (read < bytes) {
            read += own.receiveQueue().read(target, read, bytes - read);
        }
        for (int from = 0; from < bytes; from += 65536) {
            int length = Math.min(65536, bytes - from);
            require(expected.mismatch(readBytes + from, target, from, length) < 0, "bytes read differ");
        }
        readBytes += bytes;
        tcp.consumed(own, nowNanos);
    }

    private void check(String what) {
        int error = connection().error();
        boolean holds =
                switch (what) {
                    case "connected" -> (events & Ev.CONNECTED) != 0 && (events & Ev.ERROR) == 0;
                    case "at-end" ->
                        (events & Ev.PEER_FIN) != 0
                                && connection().receiveQueue().availableBytes() == 0;
                    case "alive" -> (events & (Ev.ERROR | Ev.CLOSED)) == 0;
                    case "gone" -> (events & Ev.CLOSED) != 0;
                    case "refused" -> error == TcpStatus.REFUSED;
                    case "reset" -> error == TcpStatus.RESET;
                    case "timed-out" -> error == TcpStatus.TIMED_OUT;
                    case "unreachable" -> error == TcpStatus.UNREACHABLE;
                    default -> throw new ScriptException("unknown condition " + what);
                };
        require(holds, "is not " + what + ": events " + events + ", error " + error);
    }

    private TcpConnection connection() {
        TcpConnection own = connection;
        if (own == null) {
            throw new ScriptException("no connection yet");
        }
        return own;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ScriptException(otherwise);
        }
    }
}
