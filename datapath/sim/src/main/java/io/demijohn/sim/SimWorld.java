package io.demijohn.sim;

import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import io.demijohn.stack.tcp.TcpOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Two hosts and the wire between them in virtual time, all from one seed.
 *
 * <p>Owned by whoever made it; one thread. Time moves from event to event: {@link #run} ends when nothing is left to happen.
 * The oracle is {@link #complaints}: what it returns must be empty.
 */
public final class SimWorld implements AutoCloseable {
    /** Virtual time starts here: not at 0, so that nobody takes 0 for never. */
    public static final long START_NANOS = 1_000_000_000L;

    /** Packet buffers of each host unless said otherwise. */
    public static final int BUFFERS = 4096;

    private static final long AFTERMATH_NANOS = 600_000_000_000L;
    private static final int PORT = 80;
    private static final int BACKLOG = 16;

    private final long seed;
    private final SimWire wire;
    private final SimHost[] hosts = new SimHost[2];
    private final List<StreamPair> pairs = new ArrayList<>();
    private final SplittableRandom random;
    private @Nullable TcpListener listener;
    private @Nullable Acceptor acceptor;
    private long nowNanos = START_NANOS;
    private long events;

    /** One connection with a program at each end. */
    private record StreamPair(StreamProgram client, StreamProgram server) {}

    /** Makes a world of two hosts with default memory. */
    public SimWorld(long seed, WireFaults faults, FrameFilter filter, TcpConfig tcp) {
        this(seed, faults, filter, tcp, BUFFERS);
    }

    /** Makes a world of two hosts of {@code buffers} packet buffers each. */
    public SimWorld(long seed, WireFaults faults, FrameFilter filter, TcpConfig tcp, int buffers) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.wire = new SimWire(faults, filter, random.nextLong());
        for (int index = 0; index < hosts.length; index++) {
            hosts[index] = new SimHost(index, buffers, tcp, random.nextLong(), wire, nowNanos);
        }
    }

    public SimHost client() {
        return hosts[0];
    }

    public SimHost server() {
        return hosts[1];
    }

    public long nowNanos() {
        return nowNanos;
    }

    /** Returns how many frames have arrived so far, and how many the wire lost. */
    public String figures() {
        return "frames=" + wire.carried() + " lost=" + wire.dropped() + " events=" + events + " virtual_ms="
                + (nowNanos - START_NANOS) / 1_000_000;
    }

    /** Opens a connection from the client to the server, each end with a program of that plan. */
    public void connect(StreamPlan clientPlan, StreamPlan serverPlan) {
        TcpListener accepting = listener;
        if (accepting == null) {
            int port = server().stack().tcp().reservePort(server().address(), PORT, true);
            accepting = server().stack().tcp().listen(server().address(), port, BACKLOG, TcpOptions.DEFAULTS);
            if (accepting == null) {
                throw new IllegalStateException(
                        "listen: " + server().stack().tcp().lastStatus());
            }
            listener = accepting;
            acceptor = new Acceptor(accepting);
            server().start(acceptor);
        }
        TcpConnection connection = client().stack()
                .tcp()
                .connect(client().address(), 0, false, server().address(), PORT, TcpOptions.DEFAULTS, nowNanos);
        if (connection == null) {
            throw new IllegalStateException("connect: " + client().stack().tcp().lastStatus());
        }
        StreamProgram atClient = new StreamProgram("client", clientPlan, serverPlan.pattern(), random.nextLong());
        StreamProgram atServer = new StreamProgram("server", serverPlan, clientPlan.pattern(), random.nextLong());
        atClient.adopt(connection);
        Acceptor accepts = acceptor;
        if (accepts != null) {
            accepts.expect(connection.localPort(), atServer);
        }
        pairs.add(new StreamPair(atClient, atServer));
        client().start(atClient);
        server().start(atServer);
    }

    /** Stops listening; what was accepted goes on. */
    public void stopListening() {
        TcpListener accepting = listener;
        if (accepting != null) {
            server().stack().tcp().close(accepting, nowNanos);
            listener = null;
        }
    }

    /** Moves the clock of everybody forward at once, as after a suspended machine. */
    public void jumpClock(long nanos) {
        nowNanos += nanos;
    }

    /** Runs until nothing is left to happen, or until that moment; returns whether nothing is left. */
    public boolean run(long untilNanos) {
        settle();
        while (true) {
            long next = wire.nextArrivalNanos();
            for (SimHost host : hosts) {
                next = Math.min(next, host.nextDeadlineNanos());
            }
            if (next == Long.MAX_VALUE) {
                return true;
            }
            if (next > untilNanos) {
                nowNanos = Math.max(nowNanos, untilNanos);
                return false;
            }
            nowNanos = Math.max(nowNanos, next);
            SimWire.Passage arrived = wire.poll(nowNanos);
            while (arrived != null) {
                events++;
                SimHost to = hosts[1 - arrived.direction];
                if (arrived.frame != null) {
                    to.deliver(arrived.frame, nowNanos);
                }
                wire.recycle(arrived);
                to.settle(nowNanos);
                arrived = wire.poll(nowNanos);
            }
            settle();
        }
    }

    /**
     * Returns everything that is wrong now that the world is at rest, one line each: streams that differ or did not end,
     * memory that did not come home, connections that are still there. With {@code allDelivered} every stream must have
     * arrived whole; else a prefix will do.
     */
    public List<String> complaints(boolean allDelivered) {
        List<String> found = new ArrayList<>();
        for (StreamPair pair : pairs) {
            check(pair.client(), pair.server(), allDelivered, found);
            check(pair.server(), pair.client(), allDelivered, found);
        }
        for (SimHost host : hosts) {
            if (!host.silent()) {
                checkMemory(host, found);
            }
        }
        return found;
    }

    /** Fails with every complaint, the seed and the command that replays it, unless there is none. */
    public void requireRight(boolean allDelivered, String test) {
        List<String> found = complaints(allDelivered);
        if (!found.isEmpty()) {
            throw new AssertionError(String.join("\n", found) + "\n" + describe() + "\n" + Seeds.replay(seed, test));
        }
    }

    /**
     * Fails unless all memory comes back once the programs abort what is left, whatever became of the streams: for wires on
     * which an attacker writes, where one end may wait for ever for the other, as TCP has it.
     */
    public void requireEmpty(String test) {
        List<String> found = new ArrayList<>();
        for (StreamPair pair : pairs) {
            pair.client().abort(client().stack().tcp(), nowNanos);
            pair.server().abort(server().stack().tcp(), nowNanos);
        }
        run(nowNanos + AFTERMATH_NANOS);
        for (StreamPair pair : pairs) {
            pair.client().letGo();
            pair.server().letGo();
        }
        for (SimHost host : hosts) {
            checkMemory(host, found);
        }
        if (!found.isEmpty()) {
            throw new AssertionError(String.join("\n", found) + "\n" + describe() + "\n" + Seeds.replay(seed, test));
        }
    }

    /** Returns whether both ends of that connection, counted from 0 as they were made, have ended in order. */
    public boolean finished(int connection) {
        StreamPair pair = pairs.get(connection);
        return pair.client().sawEnd()
                && pair.client().ended()
                && pair.server().sawEnd()
                && pair.server().ended();
    }

    @Override
    public void close() {
        for (SimHost host : hosts) {
            host.close();
        }
        wire.close();
    }

    private void settle() {
        for (SimHost host : hosts) {
            host.settle(nowNanos);
        }
    }

    private static void check(StreamProgram reader, StreamProgram writer, boolean allDelivered, List<String> found) {
        if (!reader.complaint().isEmpty()) {
            found.add(reader + ": " + reader.complaint());
        }
        boolean neverBegan = !reader.began() && writer.ended(); // its peer's connect failed
        if (!reader.ended() && !neverBegan) {
            found.add(reader + ": has not ended");
        }
        if (reader.readBytes() > writer.writtenBytes()) {
            found.add(reader + ": read more than " + writer + " wrote");
        }
        if (allDelivered && (reader.readBytes() != writer.plannedBytes() || !reader.sawEnd())) {
            found.add(reader + ": not everything arrived from " + writer);
        }
    }

    private void checkMemory(SimHost host, List<String> found) {
        int missing = host.pool().count() - host.pool().freeCount();
        if (missing != 0) {
            found.add("host " + host.address() + ": " + missing + " packet buffers lost");
        }
        int chunks = host.sendMemory().count() - host.sendMemory().freeCount();
        if (chunks != 0) {
            found.add("host " + host.address() + ": " + chunks + " send chunks lost");
        }
        int connections = host.stack().tcp().connectionCount();
        if (connections != 0) {
            found.add("host " + host.address() + ": " + connections + " connections left");
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder(figures());
        for (SimHost host : hosts) {
            text.append('\n')
                    .append(host.address())
                    .append(": ")
                    .append(host.stack().counters());
            text.append(" next_due_ns=")
                    .append(host.nextDeadlineNanos() == Long.MAX_VALUE ? "never" : host.nextDeadlineNanos());
        }
        return text.toString();
    }
}
