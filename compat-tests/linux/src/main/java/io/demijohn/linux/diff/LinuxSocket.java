package io.demijohn.linux.diff;

import io.demijohn.linux.host.RawSocket;
import io.demijohn.sim.Pattern;
import io.demijohn.sim.script.ScriptPlayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One of the kernel's connections as a script's application uses it; answers as our own side of the comparison does.
 *
 * <p>Used on the namespace's thread.
 */
final class LinuxSocket {
    private static final int PIECE_BYTES = 65_536;

    /** By the number that {@code /proc/net/tcp} gives. */
    private static final List<String> STATES = List.of(
            "",
            "ESTABLISHED",
            "SYN_SENT",
            "SYN_RECEIVED",
            "FIN_WAIT_1",
            "FIN_WAIT_2",
            "TIME_WAIT",
            "CLOSED",
            "CLOSE_WAIT",
            "LAST_ACK",
            "LISTEN",
            "CLOSING",
            "SYN_RECEIVED");

    private static final Pattern WRITTEN = ScriptPlayer.written();
    private static final Pattern EXPECTED = ScriptPlayer.expected();

    private final RawSocket socket;
    private final int localPort;
    private final int remotePort;
    private boolean closed;
    private int error;
    private long writtenBytes;
    private long readBytes;

    /** Takes the socket. */
    LinuxSocket(RawSocket socket, int localPort, int remotePort) {
        this.socket = socket;
        this.localPort = localPort;
        this.remotePort = remotePort;
    }

    /** Does or checks what the words say. */
    String call(List<String> words) {
        String argument = words.size() > 1 ? words.get(1) : "";
        return switch (words.get(0)) {
            case "write" -> write(words, Integer.parseInt(argument));
            case "read" -> {
                String waiting = waiting(Integer.parseInt(argument));
                yield waiting.equals(ScriptPlayer.OK) ? read(Integer.parseInt(argument)) : waiting;
            }
            case "take" -> read(Integer.parseInt(argument));
            case "skip" -> {
                readBytes += Integer.parseInt(argument);
                yield ScriptPlayer.OK;
            }
            case "urgent" -> {
                int taken = socket.sendUrgent(WRITTEN.array()[WRITTEN.offset(writtenBytes++)]);
                yield taken == 1 ? ScriptPlayer.OK : "no room for an urgent byte";
            }
            case "urgent-inline" -> {
                socket.setUrgentInline();
                yield ScriptPlayer.OK;
            }
            case "waiting" -> waiting(Integer.parseInt(argument));
            case "nodelay" -> {
                if (!argument.isEmpty()) {
                    throw new UnsupportedOperationException("nodelay " + argument);
                }
                socket.setNoDelay();
                yield ScriptPlayer.OK;
            }
            case "shutdown" -> {
                socket.shutdownOutput();
                yield ScriptPlayer.OK;
            }
            case "close" -> {
                close();
                yield ScriptPlayer.OK;
            }
            case "abort" -> {
                socket.abort();
                closed = true;
                yield ScriptPlayer.OK;
            }
            case "state" -> state().equals(argument) ? ScriptPlayer.OK : "state is " + state();
            case "is" -> holds(argument) ? ScriptPlayer.OK : "is not so";
            case "not" -> holds(argument) ? "is not so" : ScriptPlayer.OK;
            default -> throw new UnsupportedOperationException("call " + words.get(0));
        };
    }

    void close() {
        if (!closed) {
            closed = true;
            socket.close();
        }
    }

    private String write(List<String> words, int bytes) {
        int wanted = words.size() > 3 ? Integer.parseInt(words.get(3)) : bytes;
        int left = bytes;
        int taken = 1;
        while (left > 0 && taken > 0) {
            int length = Math.min(left, PIECE_BYTES);
            taken = socket.send(WRITTEN.array(), WRITTEN.offset(writtenBytes), length);
            writtenBytes += Math.max(taken, 0);
            left -= Math.max(taken, 0);
        }
        return bytes - left == wanted ? ScriptPlayer.OK : "write took " + (bytes - left);
    }

    private String waiting(int bytes) {
        int available = socket.available();
        return available == bytes ? ScriptPlayer.OK : available + " bytes wait";
    }

    private String read(int bytes) {
        if (socket.available() < bytes) {
            return "only " + socket.available() + " bytes wait";
        }
        byte[] target = new byte[PIECE_BYTES];
        for (int left = bytes; left > 0; ) {
            int count = socket.receive(target, 0, Math.min(left, PIECE_BYTES));
            if (count <= 0) {
                return "read gave errno " + -count;
            }
            if (EXPECTED.mismatch(readBytes, target, 0, count) >= 0) {
                return "bytes read differ";
            }
            readBytes += count;
            left -= count;
        }
        return ScriptPlayer.OK;
    }

    private boolean holds(String what) {
        String state = state();
        return switch (what) {
            case "connected" -> !List.of("SYN_SENT", "SYN_RECEIVED", "CLOSED").contains(state);
            case "at-end" -> !closed && socket.peek() == 0;
            case "alive" -> !isGone(state);
            case "gone" -> isGone(state);
            case "refused" -> error(state) == RawSocket.ECONNREFUSED;
            case "reset" -> error(state) == RawSocket.ECONNRESET;
            case "timed-out" -> error(state) == RawSocket.ETIMEDOUT;
            case "unreachable" -> error(state) == RawSocket.EHOSTUNREACH || error(state) == RawSocket.ENETUNREACH;
            default -> throw new UnsupportedOperationException("is " + what);
        };
    }

    /** TIME_WAIT counts as gone: no socket belongs to it any more. */
    private static boolean isGone(String state) {
        return state.equals("CLOSED") || state.equals("TIME_WAIT");
    }

    /**
     * Returns what ended the connection, which stays although the kernel tells it once. While the connection lives the kernel
     * would tell what only may end it, an ICMP error for one.
     */
    private int error(String state) {
        if (error == 0 && !closed && isGone(state)) {
            error = socket.takeError();
        }
        return error;
    }

    /** Returns the connection's state by the kernel's own table, whether its socket is closed or not. */
    private String state() {
        String local = String.format(":%04X ", localPort);
        String remote = String.format(":%04X ", remotePort);
        try {
            return Files.readAllLines(Path.of("/proc/thread-self/net/tcp")).stream()
                    .filter(line -> line.contains(local) && line.contains(remote))
                    .map(line -> line.substring(line.indexOf(remote, line.indexOf(local) + 1) + remote.length()))
                    .map(rest -> STATES.get(Integer.parseInt(rest.substring(0, 2), 16)))
                    .findFirst()
                    .orElse("CLOSED");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
