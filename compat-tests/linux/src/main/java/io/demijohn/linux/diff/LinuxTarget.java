package io.demijohn.linux.diff;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import io.demijohn.linux.host.Libc;
import io.demijohn.linux.host.Namespace;
import io.demijohn.linux.host.RawSocket;
import io.demijohn.sim.script.ScriptPlayer;
import io.demijohn.sim.script.ScriptTarget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's TCP in a namespace of its own as a target of scripts: frames over a tap interface, calls by system calls, time as
 * it goes.
 *
 * <p>Used once, on the namespace's thread. A frame that the kernel sends in answer to a frame or a call waits at the tap before
 * that system call returns; whatever comes later comes of a timer.
 */
final class LinuxTarget implements ScriptTarget {
    private static final int STACK_IP = 0x0A000002;
    private static final int NETWORK_IP = 0x0A000000;
    private static final String TAP = "script0";
    private static final String CONGESTION_CONTROL = "cubic";
    private static final int BACKLOG = 4;
    private static final int FRAME_MAX_BYTES = 65_536;
    private static final long LATE_MAX_NANOS = 8_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final int POLL_EVENTS = 4;
    private static final int TIMEOUT = 8;
    private static final int POLL_BYTES = 24;

    private final int tap;
    private final Region frame = Region.allocate(FRAME_MAX_BYTES);
    private final Region poll = Region.allocate(POLL_BYTES);
    private final Map<String, LinuxSocket> sockets = new HashMap<>();
    private final long startNanos;
    private @Nullable RawSocket listener;
    private int localPort;
    private long lateNanos;

    private LinuxTarget(int tap) {
        this.tap = tap;
        this.startNanos = System.nanoTime();
    }

    /** Makes a target in {@code namespace}; the caller goes on inside of {@link Namespace#call}. */
    static LinuxTarget open(Namespace namespace) {
        int tap = namespace.openTap(TAP, "10.0.0.2/24", "02:00:00:00:00:01", "10.0.0.1", "02:00:00:00:00:02");
        return namespace.call(() -> {
            Libc.setPreciseSleep();
            Libc.setRealTime();
            return new LinuxTarget(tap);
        });
    }

    @Override
    public void advanceTo(long atNanos, Sink sink) {
        long untilNanos = startNanos + atNanos;
        drain(sink);
        for (long left = untilNanos - System.nanoTime(); left > 0; left = untilNanos - System.nanoTime()) {
            long address = poll.address();
            Mem.putInt(address, tap);
            Mem.putU16(address + POLL_EVENTS, Libc.POLLIN);
            Mem.putLong(address + TIMEOUT, left / NANOS_PER_SECOND);
            Mem.putLong(address + TIMEOUT + Long.BYTES, left % NANOS_PER_SECOND);
            Libc.ppoll(address, 1, address + TIMEOUT, 0);
            drain(sink);
        }
        lateNanos = Math.max(lateNanos, System.nanoTime() - untilNanos);
    }

    @Override
    public long nowNanos() {
        return System.nanoTime() - startNanos;
    }

    /** Returns whether this host was too busy to keep the script's times, so that what came of it says nothing. */
    boolean isDisturbed() {
        return lateNanos > LATE_MAX_NANOS;
    }

    @Override
    public void receive(byte[] bytes, Sink sink) {
        long atNanos = nowNanos();
        Mem.copyIn(bytes, 0, frame.address(), bytes.length);
        if (Libc.write(tap, frame.address(), bytes.length) != bytes.length) {
            throw new IllegalStateException("the tap took no frame: errno " + Libc.errno());
        }
        drainAnswers(atNanos, sink);
    }

    @Override
    public String call(String connection, List<String> words, Sink sink) {
        long atNanos = nowNanos();
        String result =
                switch (words.get(0)) {
                    case "listen" -> listen(words);
                    case "unlisten" -> unlisten();
                    case "connect" -> connect(connection, words);
                    case "accept" -> accept(connection, words);
                    case "udp" -> throw new UnsupportedOperationException("udp");
                    default -> {
                        LinuxSocket socket = sockets.get(connection);
                        yield socket == null ? "no connection " + connection + " yet" : socket.call(words);
                    }
                };
        drainAnswers(atNanos, sink);
        return result;
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    public void close() {
        sockets.values().forEach(LinuxSocket::close);
        unlisten();
        Libc.close(tap);
        frame.close();
        poll.close();
    }

    private String listen(List<String> words) {
        allow(words, "backlog", "nodelay");
        RawSocket socket = RawSocket.open(CONGESTION_CONTROL);
        if (words.contains("nodelay")) {
            socket.setNoDelay();
        }
        int backlog = number(words, "backlog", BACKLOG);
        socket.listen(STACK_IP, ScriptPlayer.PORT, backlog - 1); // Linux lets one more wait than it was asked to
        listener = socket;
        return ScriptPlayer.OK;
    }

    private String unlisten() {
        if (listener != null) {
            listener.close();
            listener = null;
        }
        return ScriptPlayer.OK;
    }

    private String connect(String name, List<String> words) {
        allow(words, "host", "to", "nodelay");
        RawSocket socket = RawSocket.open(CONGESTION_CONTROL);
        if (words.contains("nodelay")) {
            socket.setNoDelay();
        }
        int status = socket.connect(NETWORK_IP | number(words, "host", 1), number(words, "to", ScriptPlayer.PORT));
        localPort = socket.localPort();
        sockets.put(name, new LinuxSocket(socket, localPort, number(words, "to", ScriptPlayer.PORT)));
        return status == -RawSocket.EINPROGRESS ? ScriptPlayer.OK : "connect gave errno " + -status;
    }

    private String accept(String name, List<String> words) {
        boolean nothing = words.contains("nothing");
        RawSocket accepted = listener == null ? null : listener.accept();
        if (accepted == null) {
            return nothing ? ScriptPlayer.OK : "nothing to accept";
        }
        sockets.put(name, new LinuxSocket(accepted, accepted.localPort(), accepted.remotePort()));
        return nothing ? "there is one to accept" : ScriptPlayer.OK;
    }

    /** Refuses what a call asks for beside {@code known} words and numbers. */
    private static void allow(List<String> words, String... known) {
        for (String word : words.subList(1, words.size())) {
            if (!List.of(known).contains(word) && !Character.isDigit(word.charAt(0))) {
                throw new UnsupportedOperationException(words.get(0) + " " + word);
            }
        }
    }

    private static int number(List<String> words, String word, int otherwise) {
        int at = words.indexOf(word);
        return at < 0 ? otherwise : Integer.parseInt(words.get(at + 1));
    }

    /** Hands over what a frame or a call led to at once; however long the system call took, its time is when it began. */
    private void drainAnswers(long atNanos, Sink sink) {
        lateNanos = Math.max(lateNanos, nowNanos() - atNanos);
        drain((readNanos, answer) -> sink.frame(atNanos, answer));
    }

    private void drain(Sink sink) {
        for (int bytes = receive(); bytes > 0; bytes = receive()) {
            long atNanos = nowNanos();
            byte[] copy = new byte[bytes];
            Mem.copyOut(frame.address(), copy, 0, bytes);
            sink.frame(atNanos, copy);
        }
    }

    private int receive() {
        return (int) Libc.read(tap, frame.address(), FRAME_MAX_BYTES);
    }
}
