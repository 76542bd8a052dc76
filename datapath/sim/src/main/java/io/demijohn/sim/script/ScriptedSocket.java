package io.demijohn.sim.script;

import io.demijohn.sim.Pattern;
import io.demijohn.stack.tcp.Ev;
import io.demijohn.stack.tcp.KeepAlive;
import io.demijohn.stack.tcp.Tcp;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpStatus;
import java.util.List;

/**
 * One connection of a script's application: calls and checks as the words say.
 *
 * <p>Owned by the {@link ScriptedApplication}; one thread.
 */
final class ScriptedSocket {
    private static final int PIECE_BYTES = 65_536;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long NANOS_PER_MILLI = 1_000_000;

    final TcpConnection connection;

    private final Tcp tcp;
    private final Pattern written;
    private final Pattern expected;
    private int events;
    private boolean released;
    private long writtenBytes;
    private long readBytes;

    ScriptedSocket(Tcp tcp, TcpConnection connection, Pattern written, Pattern expected) {
        this.tcp = tcp;
        this.connection = connection;
        this.written = written;
        this.expected = expected;
        this.events = connection.takeEvents();
    }

    /** Takes what the stack says. */
    void collect() {
        events |= connection.takeEvents();
    }

    /** Does or checks what the words say; fails with a {@link ScriptException}. */
    void act(List<String> words, long nowNanos) {
        String argument = words.size() > 1 ? words.get(1) : "";
        switch (words.get(0)) {
            case "write" -> write(words, Integer.parseInt(argument), nowNanos);
            case "read" -> {
                waiting(Integer.parseInt(argument));
                read(Integer.parseInt(argument), nowNanos);
            }
            case "take" -> read(Integer.parseInt(argument), nowNanos);
            case "skip" -> readBytes += Integer.parseInt(argument);
            case "urgent" -> urgent(nowNanos);
            case "urgent-inline" -> connection.receiveQueue().setUrgentInline(true);
            case "waiting" -> waiting(Integer.parseInt(argument));
            case "room" ->
                require(
                        connection.sendQueue().freeBytes() == Integer.parseInt(argument),
                        "room for " + connection.sendQueue().freeBytes());
            case "nodelay" -> {
                connection.setNoDelay(!argument.equals("off"));
                tcp.send(connection, nowNanos); // as the engine does
            }
            case "push" -> tcp.send(connection, nowNanos);
            case "keepalive" -> connection.setKeepAlive(argument.equals("on"), nowNanos);
            case "keepalive-times" ->
                connection.setKeepAliveTimes(
                        new KeepAlive(nanos(argument), nanos(words.get(2)), Integer.parseInt(words.get(3))), nowNanos);
            case "user-timeout" -> connection.setUserTimeout((int) (nanos(argument) / NANOS_PER_MILLI));
            case "send-buffer" -> connection.setSendBuffer(Integer.parseInt(argument));
            case "receive-buffer" -> connection.setReceiveBuffer(Integer.parseInt(argument));
            case "shutdown" -> tcp.shutdownOutput(connection, nowNanos);
            case "close" -> {
                tcp.close(connection, nowNanos);
                released = true;
            }
            case "abort" -> {
                tcp.abort(connection, nowNanos);
                released = true;
            }
            case "state" -> require(connection.state().name().equals(argument), "state is " + connection.state());
            case "is" -> check(argument, true);
            case "not" -> check(argument, false);
            default -> throw new ScriptException("unknown call " + words);
        }
    }

    /** Lets go of the connection, so that memory can be counted. */
    void end(long nowNanos) {
        if (!released) {
            tcp.abort(connection, nowNanos);
        }
    }

    /** Frees the queues of a connection that is gone, as the engine does. */
    void release() {
        connection.receiveQueue().releaseAll();
        connection.sendQueue().releaseAll();
    }

    /** {@code write N [takes M]}: appends, and sends what may be sent. */
    private void write(List<String> words, int bytes, long nowNanos) {
        int wanted = words.size() > 3 ? Integer.parseInt(words.get(3)) : bytes;
        int left = bytes;
        int taken = bytes == 0 ? connection.sendQueue().write(written.array(), 0, 0) : 1;
        while (left > 0 && taken > 0) {
            int length = Math.min(left, PIECE_BYTES);
            taken = connection.sendQueue().write(written.array(), written.offset(writtenBytes), length);
            writtenBytes += taken;
            left -= taken;
        }
        require(bytes - left == wanted, "write took " + (bytes - left));
        tcp.send(connection, nowNanos);
    }

    private void urgent(long nowNanos) {
        int taken = connection.sendQueue().writeUrgent(written.array()[written.offset(writtenBytes)]);
        require(taken == 1, "no room for an urgent byte");
        writtenBytes++;
        tcp.send(connection, nowNanos);
    }

    private void waiting(int bytes) {
        int available = connection.receiveQueue().readableBytes();
        require(available == bytes, available + " bytes wait");
    }

    private void read(int bytes, long nowNanos) {
        int available = connection.receiveQueue().readableBytes();
        require(available >= bytes, "only " + available + " bytes wait");
        byte[] target = new byte[bytes];
        int read = 0;
        while (read < bytes) {
            read += connection.receiveQueue().read(target, read, bytes - read);
        }
        for (int from = 0; from < bytes; from += PIECE_BYTES) {
            int length = Math.min(PIECE_BYTES, bytes - from);
            require(expected.mismatch(readBytes + from, target, from, length) < 0, "bytes read differ");
        }
        readBytes += bytes;
        tcp.consumed(connection, nowNanos);
    }

    private void check(String what, boolean wanted) {
        int error = connection.error();
        boolean holds =
                switch (what) {
                    case "connected" -> (events & Ev.CONNECTED) != 0 && (events & Ev.ERROR) == 0;
                    case "at-end" ->
                        (events & Ev.PEER_FIN) != 0 && connection.receiveQueue().availableBytes() == 0;
                    case "writable" -> (events & Ev.WRITABLE) != 0;
                    case "alive" -> (events & (Ev.ERROR | Ev.CLOSED)) == 0;
                    case "gone" -> (events & Ev.CLOSED) != 0;
                    case "refused" -> error == TcpStatus.REFUSED;
                    case "reset" -> error == TcpStatus.RESET;
                    case "timed-out" -> error == TcpStatus.TIMED_OUT;
                    case "unreachable" -> error == TcpStatus.UNREACHABLE;
                    default -> throw new ScriptException("unknown condition " + what);
                };
        require(holds == wanted, "events " + events + ", error " + error);
    }

    private static long nanos(String seconds) {
        return Math.round(Double.parseDouble(seconds) * NANOS_PER_SECOND);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ScriptException(otherwise);
        }
    }
}
