package io.demijohn.sim;

import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
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

    private static final long AFTERMATH_NANOS = 600_000_000_000L;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int PORT = 80;
    private static final int MEETING_PORT = 7000;
    private static final int BACKLOG = 256;
    private static final int CONNECT_TRIES_MAX = 600;

    private final long seed;
    private final SimWire wire;
    private final SimHost[] hosts = new SimHost[2];
    private final Oracle oracle = new Oracle(hosts);
    private final List<StreamPair> pairs = new ArrayList<>();
    private final PriorityQueue<Plan> plans =
            new PriorityQueue<>(Comparator.comparingLong(Plan::nanos).thenComparingLong(Plan::order));
    private final SplittableRandom random;
    private @Nullable TcpListener listener;
    private @Nullable Acceptor acceptor;
    private long nowNanos = START_NANOS;
    private long events;
    private long planned;

    /** Something that is to happen at a moment. */
    private record Plan(long nanos, long order, Runnable action) {}

    /** Makes a world of two hosts with default memory. */
    public SimWorld(long seed, WireFaults faults, FrameFilter filter, TcpConfig tcp) {
        this(seed, faults, filter, HostPlan.of(tcp), HostPlan.of(tcp));
    }

    /** Makes a world of two hosts of {@code buffers} packet buffers each. */
    public SimWorld(long seed, WireFaults faults, FrameFilter filter, TcpConfig tcp, int buffers) {
        this(
                seed,
                faults,
                filter,
                HostPlan.of(tcp).buffers(buffers),
                HostPlan.of(tcp).buffers(buffers));
    }

    /** Makes a world of two hosts, each to its plan. */
    public SimWorld(long seed, WireFaults faults, FrameFilter filter, HostPlan client, HostPlan server) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.wire = new SimWire(faults, filter, random.nextLong());
        hosts[0] = new SimHost(0, client, random.nextLong(), wire, nowNanos);
        hosts[1] = new SimHost(1, server, random.nextLong(), wire, nowNanos);
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

    // ---- what is to happen -----------------------------------------------------------------------------------------

    /** Runs {@code action} at that moment, as part of {@link #run}. */
    public void at(long nanos, Runnable action) {
        plans.add(new Plan(nanos, planned++, action));
    }

    /** From now on the wire drops larger IP packets; it tells their senders (RFC 1191) or does not. */
    public void limitPackets(int bytes, boolean tells) {
        wire.limitPackets(bytes, tells);
    }

    /** Moves the clock of everybody forward at once, as after a suspended machine. */
    public void jumpClock(long nanos) {
        nowNanos += nanos;
    }

    /** Opens a connection from the client to the server, each end with a program of that plan. */
    public void connect(StreamPlan clientPlan, StreamPlan serverPlan) {
        if (!connect(pair(clientPlan, serverPlan))) {
            throw new IllegalStateException("connect: " + client().stack().tcp().lastStatus());
        }
    }

    /** Opens such a connection at that moment, or later if the client has no port left then. */
    public void connectAt(long nanos, StreamPlan clientPlan, StreamPlan serverPlan) {
        StreamPair pair = pair(clientPlan, serverPlan);
        at(nanos, () -> connectOrWait(pair, CONNECT_TRIES_MAX));
    }

    /** Opens a connection from both ends at once, the first {@code skewNanos} after the other: a simultaneous open. */
    public void meet(StreamPlan clientPlan, StreamPlan serverPlan, long skewNanos) {
        StreamPair pair = pair(clientPlan, serverPlan);
        int port = MEETING_PORT + pairs.size();
        at(nowNanos + skewNanos, () -> pair.client().adopt(dial(client(), server(), port)));
        at(nowNanos, () -> pair.server().adopt(dial(server(), client(), port)));
    }

    /** Puts a frame of nobody's on the wire to a host, 0 or 1; faults and filters do not see it. */
    public void inject(int host, byte[] frame) {
        wire.inject(1 - host, frame, nowNanos);
    }

    /** Stops listening; what was accepted goes on. */
    public void stopListening() {
        TcpListener accepting = listener;
        if (accepting != null) {
            server().stack().tcp().close(accepting, server().clockNanos(nowNanos));
            listener = null;
        }
    }

    /** Runs until nothing is left to happen, or until that moment; returns whether nothing is left. */
    public boolean run(long untilNanos) {
        settle();
        while (true) {
            long next = nextNanos();
            if (next == Long.MAX_VALUE) {
                return true;
            }
            if (next > untilNanos) {
                nowNanos = Math.max(nowNanos, untilNanos);
                return false;
            }
            nowNanos = Math.max(nowNanos, next);
            Plan plan = plans.peek();
            while (plan != null && plan.nanos() <= nowNanos) {
                plans.remove(plan);
                plan.action().run();
                plan = plans.peek();
            }
            SimWire.Passage arrived = wire.poll(nowNanos);
            while (arrived != null) {
                events++;
                SimHost to = hosts[1 - arrived.direction];
                to.deliver(arrived, nowNanos);
                if (!to.joins()) {
                    to.settle(nowNanos);
                }
                arrived = wire.poll(nowNanos);
            }
            settle();
        }
    }

    // ---- the oracle ------------------------------------------------------------------------------------------------

    /**
     * Returns everything that is wrong now that the world is at rest, one line each. With {@code allDelivered} every stream
     * must have arrived whole; else a prefix will do, unless its reader saw an orderly end.
     */
    public List<String> complaints(boolean allDelivered) {
        return oracle.complaints(pairs, allDelivered);
    }

    /** Fails with every complaint, the seed and the command that replays it, unless there is none. */
    public void requireRight(boolean allDelivered, String test) {
        require(complaints(allDelivered), test);
    }

    /**
     * Fails unless all memory comes back once the programs abort what is left, whatever became of the streams: for wires on
     * which an attacker writes, where one end may wait for ever for the other, as TCP has it.
     */
    public void requireEmpty(String test) {
        for (StreamPair pair : pairs) {
            pair.client().abort(client().stack().tcp(), client().clockNanos(nowNanos));
            pair.server().abort(server().stack().tcp(), server().clockNanos(nowNanos));
        }
        run(nowNanos + AFTERMATH_NANOS);
        for (StreamPair pair : pairs) {
            pair.client().letGo();
            pair.server().letGo();
        }
        require(oracle.memory(), test);
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

    // ---- within ----------------------------------------------------------------------------------------------------

    private StreamPair pair(StreamPlan clientPlan, StreamPlan serverPlan) {
        StreamProgram atClient = new StreamProgram("client", clientPlan, serverPlan.pattern(), random.nextLong());
        StreamProgram atServer = new StreamProgram("server", serverPlan, clientPlan.pattern(), random.nextLong());
        StreamPair pair = new StreamPair(atClient, atServer);
        pairs.add(pair);
        client().start(atClient);
        server().start(atServer);
        return pair;
    }

    private void connectOrWait(StreamPair pair, int tries) {
        if (client().silent() || server().silent()) {
            pair.client().giveUp();
        } else if (!connect(pair)) {
            if (tries == 0) {
                throw new IllegalStateException("connect: no port for a long time");
            }
            at(nowNanos + SECOND_NANOS, () -> connectOrWait(pair, tries - 1));
        }
    }

    /** Opens the pair's connection; false if the client has no port left. */
    private boolean connect(StreamPair pair) {
        Acceptor accepts = listening();
        TcpConnection connection = client().stack()
                .tcp()
                .connect(
                        client().address(),
                        0,
                        false,
                        server().address(),
                        PORT,
                        client().plan().options(),
                        client().clockNanos(nowNanos));
        if (connection == null) {
            return false;
        }
        pair.client().adopt(connection);
        accepts.expect(connection.localPort(), pair.server());
        return true;
    }

    private Acceptor listening() {
        Acceptor accepts = acceptor;
        if (accepts == null) {
            int port = server().stack().tcp().reservePort(server().address(), PORT, true);
            TcpListener accepting = server().stack()
                    .tcp()
                    .listen(server().address(), port, BACKLOG, server().plan().options());
            if (accepting == null) {
                throw new IllegalStateException(
                        "listen: " + server().stack().tcp().lastStatus());
            }
            accepts = new Acceptor(accepting);
            listener = accepting;
            acceptor = accepts;
            server().start(accepts);
        }
        return accepts;
    }

    private TcpConnection dial(SimHost from, SimHost to, int port) {
        TcpConnection connection = from.stack()
                .tcp()
                .connect(
                        from.address(),
                        port,
                        false,
                        to.address(),
                        port,
                        from.plan().options(),
                        from.clockNanos(nowNanos));
        if (connection == null) {
            throw new IllegalStateException("connect: " + from.stack().tcp().lastStatus());
        }
        return connection;
    }

    private long nextNanos() {
        Plan plan = plans.peek();
        long next = plan == null ? Long.MAX_VALUE : plan.nanos();
        next = Math.min(next, wire.nextArrivalNanos());
        for (SimHost host : hosts) {
            next = Math.min(next, host.nextDeadlineNanos());
        }
        return next;
    }

    private void settle() {
        for (SimHost host : hosts) {
            host.settle(nowNanos);
        }
    }

    private void require(List<String> found, String test) {
        if (!found.isEmpty()) {
            throw new AssertionError(String.join("\n", found) + "\n" + describe() + "\n" + Seeds.replay(seed, test));
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder(figures());
        for (SimHost host : hosts) {
            text.append('\n')
                    .append(host.address())
                    .append(": ")
                    .append(host.stack().counters())
                    .append(' ')
                    .append(host.stack().tcp().counters())
                    .append(" next_due_ns=")
                    .append(host.nextDeadlineNanos() == Long.MAX_VALUE ? "never" : host.nextDeadlineNanos());
        }
        return text.toString();
    }
}
