package io.demijohn.sim;

import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpOptions;
import io.demijohn.stack.tcp.TcpTunable;
import io.demijohn.stack.wire.Ipv6Header;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * One simulation drawn from a seed: the shape of the traffic, both hosts' configuration, the wire's faults and the moments at
 * which worse happens; then the run and the oracle's word.
 *
 * <p>One thread. What may be asked of the streams depends on the faults, see {@link Promise}.
 */
final class MixedScenario {
    /** What must hold at the end. */
    private enum Promise {
        /** Everything arrives, every end is orderly. */
        DELIVERED,
        /** Connections may fail: what was read is a prefix, and everything ends. */
        PREFIX,
        /** An attacker wrote on the wire: nothing throws and all memory comes back. */
        UNHARMED
    }

    /** What the connections are for. */
    private enum Shape {
        BULK,
        CONVERSATION,
        MANY_SHORT,
        SLOW_READER,
        SLOW_WRITER,
        SIMULTANEOUS,
        HALF_CLOSED
    }

    private static final long MICRO = 1_000L;
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final long HOUR = 3600 * SECOND;
    private static final Pattern UP = new Pattern(201);
    private static final Pattern DOWN = new Pattern(202);
    /** A narrower path that says nothing is not found by hosts that never sent more than the safe size. */
    private static final int SUSPECTED_BYTES = 1100;

    private static final int WINDOWS_MAX = 300;
    private static final String TEST = "MixedSimulationTest#mixed*";

    private final long seed;
    private final boolean six;
    private final boolean segments;
    private final Draws draws;
    private final Shape shape;
    private final HostPlan[] hosts = new HostPlan[2];
    private final long[] receiveBuffers = new long[2];
    private final List<String> events = new ArrayList<>();
    private Promise promise = Promise.DELIVERED;
    private boolean mayFallSilent;
    private int lastingBytes = Integer.MAX_VALUE;
    private boolean lastingTells;
    private WireFaults faults = WireFaults.none(MILLI);
    private FrameFilter filter = FrameFilter.ALL;

    /** Draws all, the family of the addresses too. */
    MixedScenario(long seed) {
        this(seed, new Draws(seed).chance("six", 0.4), true);
    }

    /** Draws all but the family, and devices that cut and join segments only with {@code segments}. */
    MixedScenario(long seed, boolean six, boolean segments) {
        this.seed = seed;
        this.six = six;
        this.segments = segments;
        this.draws = new Draws(seed);
        this.shape = Shape.values()[draws.between("shape", 0, Shape.values().length - 1)];
        drawPromise();
        for (int host = 0; host < hosts.length; host++) {
            hosts[host] = drawHost(host, draws.sub("host" + host));
        }
        drawFaults();
        drawFilter();
    }

    /** Runs it to the end; throws an AssertionError that tells how to run it again if anything is wrong. */
    void run() {
        try (SimWorld world = new SimWorld(seed, faults, filter, hosts[0], hosts[1])) {
            start(world);
            planFaults(world);
            finish(world);
        } catch (RuntimeException | Error failure) {
            throw new AssertionError(failure.getMessage() + "\n" + this + "\n" + Seeds.replay(seed, TEST), failure);
        }
    }

    @Override
    public String toString() {
        return shape + " " + promise + " " + faults + " " + events + "\n" + hosts[0] + "\n" + hosts[1];
    }

    private void finish(SimWorld world) {
        boolean rests = world.run(world.nowNanos() + 2 * HOUR);
        world.stopListening();
        if (promise == Promise.UNHARMED) {
            world.run(world.nowNanos() + HOUR);
            world.requireEmpty(TEST);
        } else {
            rests |= world.run(world.nowNanos() + 2 * HOUR);
            world.requireRight(promise == Promise.DELIVERED, TEST);
            if (!rests) {
                throw new AssertionError("does not come to rest");
            }
        }
    }

    // ---- what must hold --------------------------------------------------------------------------------------------

    private void drawPromise() {
        double share = draws.of("promise").nextDouble();
        if (share < 0.12) {
            promise = Promise.UNHARMED;
        } else if (share < 0.27) {
            promise = Promise.PREFIX;
        }
        mayFallSilent = promise == Promise.PREFIX && draws.chance("silence", 0.5);
    }

    // ---- the wire --------------------------------------------------------------------------------------------------

    private void drawFaults() {
        long delayNanos = draws.magnitude("delay", 5 * MICRO, 100 * MILLI);
        faults = WireFaults.none(delayNanos).holdingBack(draws.magnitude("hold", MILLI / 10, 200 * MILLI));
        double worst = promise == Promise.PREFIX ? 0.4 : 0.12;
        maybe(Fault.DROP, 0.5, worst);
        maybe(Fault.DROP_WHOLE, 0.3, worst);
        maybe(Fault.DUPLICATE, 0.35, 0.3);
        maybe(Fault.REORDER, 0.4, 0.5);
        maybe(Fault.MARK, 0.3, 0.3);
        maybe(Fault.CORRUPT_HEADER, 0.25, 0.05);
        maybe(Fault.CORRUPT_PAYLOAD, 0.25, 0.05);
        maybe(Fault.TRUNCATE, 0.25, 0.05);
        if (promise == Promise.UNHARMED) {
            faults = faults.with(Fault.FORGE_HEADER, draws.magnitude("forgeHeader", 1, 100) / 1000.0);
            maybe(Fault.FORGE_PAYLOAD, 0.5, 0.1);
        }
        if (draws.chance("rate", 0.3)) {
            faults = faults.limitedTo(
                    draws.magnitude("bits", 1_000_000, 1_000_000_000), (int) draws.magnitude("queue", 5, 500));
        }
    }

    private void maybe(Fault fault, double share, double worst) {
        if (draws.chance(fault + "?", share)) {
            faults = faults.with(fault, draws.magnitude(fault.name(), 1, (long) (worst * 1000)) / 1000.0);
        }
    }

    /** Now and then the first, second or third SYN, FIN or ACK of one direction is lost, or what ends a stream. */
    private void drawFilter() {
        int[] flags = {FrameFilter.FIN, FrameFilter.SYN, FrameFilter.ACK};
        for (int which = 0; which < 2; which++) {
            if (draws.chance("nth" + which, 0.25)) {
                SplittableRandom random = draws.of("which" + which);
                filter = filter.and(
                        FrameFilter.dropNth(random.nextInt(2), flags[random.nextInt(3)], 1 + random.nextInt(4)));
            }
        }
        if (shape != Shape.CONVERSATION && draws.chance("tail", 0.2)) {
            int tailBytes = draws.between("tailBytes", 0, 4000);
            filter = filter.and(FrameFilter.dropTail(0, bytesUp(), tailBytes))
                    .and(FrameFilter.dropTail(1, bytesDown(), tailBytes));
        }
    }

    // ---- the hosts -------------------------------------------------------------------------------------------------

    private HostPlan drawHost(int index, Draws own) {
        TcpConfig tcp = TcpConfig.defaults();
        long receiveBytes = own.chance("receive?", 0.35) ? own.magnitude("receive", 1500, 1 << 20) : 64 << 10;
        receiveBuffers[index] = receiveBytes;
        tcp = tcp.with(TcpTunable.RECEIVE_BUFFER, receiveBytes)
                .with(TcpTunable.RECEIVE_BUFFER_MAX, receiveBytes * own.between("receiveGrowth", 1, 8));
        long sendBytes = own.chance("send?", 0.35) ? own.magnitude("send", 1500, 1 << 20) : 64 << 10;
        tcp = tcp.with(TcpTunable.SEND_BUFFER, sendBytes)
                .with(TcpTunable.SEND_BUFFER_MAX, sendBytes * own.between("sendGrowth", 1, 8));
        tcp = size(tcp, own, TcpTunable.INITIAL_WINDOW, 1, 50);
        tcp = size(tcp, own, TcpTunable.REASSEMBLY_SEGMENTS, 1, 400);
        tcp = size(tcp, own, TcpTunable.DELAYED_ACK, MILLI, 500 * MILLI);
        tcp = size(tcp, own, TcpTunable.RTO_MIN, MILLI, SECOND);
        tcp = size(tcp, own, TcpTunable.RTO_INITIAL, 200 * MILLI, 3 * SECOND);
        tcp = size(tcp, own, TcpTunable.QUICK_ACKS, 1, 32);
        tcp = size(tcp, own, TcpTunable.TIME_WAIT, 10 * MILLI, 240 * SECOND);
        tcp = choice(tcp, own, TcpTunable.TIMESTAMPS, 1);
        tcp = choice(tcp, own, TcpTunable.SACK, 1);
        tcp = choice(tcp, own, TcpTunable.WINDOW_SCALING, 1);
        tcp = choice(tcp, own, TcpTunable.LOSS_PROBE, 1);
        tcp = choice(tcp, own, TcpTunable.ECN, 2);
        tcp = choice(tcp, own, TcpTunable.CONGESTION, 2);
        if (own.chance("fewPorts", 0.15)) {
            int first = own.between("firstPort", 20_000, 60_000);
            tcp = tcp.with(TcpTunable.EPHEMERAL_FIRST, first).with(TcpTunable.EPHEMERAL_LAST, first + 20);
        }
        boolean keepsAlive = promise == Promise.PREFIX || own.chance("keepAlive", 0.2);
        if (promise == Promise.PREFIX) {
            tcp = tcp.with(TcpTunable.KEEP_ALIVE_IDLE, own.magnitude("idle", SECOND, 300 * SECOND))
                    .with(TcpTunable.KEEP_ALIVE_INTERVAL, own.magnitude("interval", SECOND, 30 * SECOND));
        }
        TcpOptions options = new TcpOptions(own.chance("noDelay", 0.4), keepsAlive, 0, 0, 0);
        HostPlan plan = HostPlan.of(tcp).options(options).six(six);
        if (own.chance("fewBuffers", 0.2)) {
            plan = plan.buffers((int) own.magnitude("buffers", 96, 1024));
        }
        if (own.chance("littleSendMemory", 0.2)) {
            plan = plan.sendMemory((int) own.magnitude("sendMemory", 256 << 10, 1 << 20));
        }
        if (own.chance("offload", 0.3)) {
            plan = plan.offloading();
        }
        if (segments && own.chance("segments", 0.25)) {
            plan = plan.segmenting();
        }
        return own.chance("mtu?", 0.3) ? plan.mtu(packetBytes(own.between("mtu", 576, 1800))) : plan;
    }

    /** Returns so many bytes, or as many as each link of IPv6 carries (RFC 8200, 5). */
    private int packetBytes(int bytes) {
        return six ? Math.max(Ipv6Header.MTU_MIN_BYTES, bytes) : bytes;
    }

    private static TcpConfig size(TcpConfig tcp, Draws own, TcpTunable tunable, long least, long greatest) {
        return own.chance(tunable + "?", 0.35)
                ? tcp.with(tunable, own.magnitude(tunable.name(), least, greatest))
                : tcp;
    }

    private static TcpConfig choice(TcpConfig tcp, Draws own, TcpTunable tunable, int greatest) {
        return own.chance(tunable + "?", 0.35) ? tcp.with(tunable, own.between(tunable.name(), 0, greatest)) : tcp;
    }

    // ---- the traffic -----------------------------------------------------------------------------------------------

    private void start(SimWorld world) {
        switch (shape) {
            case BULK -> many(world, draws.between("count", 1, 4), 0);
            case MANY_SHORT -> many(world, draws.between("count", 10, 60), 5 * SECOND);
            case HALF_CLOSED -> many(world, draws.between("count", 1, 5), SECOND);
            case CONVERSATION -> converse(world);
            case SLOW_READER, SLOW_WRITER -> slow(world);
            case SIMULTANEOUS -> meet(world);
        }
    }

    private void many(SimWorld world, int count, long spreadNanos) {
        SplittableRandom starts = draws.of("starts");
        for (int pair = 0; pair < count; pair++) {
            long delayNanos = spreadNanos == 0 ? 0 : starts.nextLong(spreadNanos);
            world.connectAt(
                    world.nowNanos() + delayNanos,
                    abortable("abortUp", StreamPlan.of(UP, bytesUp())),
                    abortable("abortDown", StreamPlan.of(DOWN, bytesDown())));
        }
    }

    private void converse(SimWorld world) {
        for (int pair = 0; pair < draws.between("count", 1, 5); pair++) {
            int rounds = (int) draws.magnitude("rounds", 1, 100);
            int request = (int) draws.magnitude("request", 1, 5000);
            int response = (int) draws.magnitude("response", 1, 20_000);
            int ahead = draws.between("ahead", 0, 3);
            StreamPlan asks = StreamPlan.of(UP, (long) rounds * request).paced(Pacing.asking(request, response, ahead));
            StreamPlan answers =
                    StreamPlan.of(DOWN, (long) rounds * response).paced(Pacing.answering(request, response));
            world.connectAt(world.nowNanos(), abortable("abortUp", asks), abortable("abortDown", answers));
        }
    }

    /** One end, or both, reads or writes little at a time and rests between, for some virtual minutes at most. */
    private void slow(SimWorld world) {
        int which = draws.between("which", 1, 3);
        int pieceBytes = (int) draws.magnitude("piece", 1, 4000);
        long steps = 2 * (bytesUp() + bytesDown()) / pieceBytes + 1;
        long pauseNanos = Math.min(draws.magnitude("pause", MILLI, 5 * SECOND), 1 + 600 * SECOND / steps);
        StreamPlan up = StreamPlan.of(UP, bytesUp());
        StreamPlan down = StreamPlan.of(DOWN, bytesDown());
        for (int pair = 0; pair < draws.between("count", 1, 3); pair++) {
            world.connectAt(
                    world.nowNanos(),
                    abortable("abortUp", (which & 1) == 0 ? up : slow(up, pieceBytes, pauseNanos)),
                    abortable("abortDown", (which & 2) == 0 ? down : slow(down, pieceBytes, pauseNanos)));
        }
    }

    private StreamPlan slow(StreamPlan plan, int pieceBytes, long pauseNanos) {
        StreamPlan small = plan.pieces(pieceBytes);
        return shape == Shape.SLOW_READER ? small.pausing(pauseNanos) : small.hesitating(pauseNanos);
    }

    private void meet(SimWorld world) {
        for (int pair = 0; pair < draws.between("count", 1, 4); pair++) {
            world.meet(
                    abortable("abortUp", StreamPlan.of(UP, bytesUp())),
                    abortable("abortDown", StreamPlan.of(DOWN, bytesDown())),
                    draws.magnitude("skew", 1, faults.delayNanos()));
        }
    }

    private StreamPlan abortable(String name, StreamPlan plan) {
        boolean aborts = promise == Promise.PREFIX && draws.chance(name + "?", 0.2);
        return aborts ? plan.abortingAfter(draws.magnitude(name, 1, 300_000)) : plan;
    }

    private long bytesUp() {
        return shape == Shape.HALF_CLOSED ? 0 : bytes("up", receiveBuffers[1]);
    }

    private long bytesDown() {
        return bytes("down", receiveBuffers[0]);
    }

    /** Returns how much one end sends the other: so much that some hundred windows carry it. */
    private long bytes(String name, long receiveBuffer) {
        if (draws.chance(name + "None", 0.07)) {
            return 0;
        }
        long most =
                switch (shape) {
                    case BULK -> 1_000_000;
                    case MANY_SHORT -> 5000;
                    case SLOW_READER, SLOW_WRITER -> 60_000;
                    default -> 250_000;
                };
        return draws.magnitude(name, 1, Math.min(most, WINDOWS_MAX * receiveBuffer));
    }

    // ---- what happens meanwhile ------------------------------------------------------------------------------------

    private void planFaults(SimWorld world) {
        for (int event = 0; event < draws.between("events", 0, 4); event++) {
            Draws own = draws.sub("event" + event);
            long atNanos = world.nowNanos() + own.magnitude("at", MILLI, 8 * SECOND);
            long lengthNanos = own.magnitude("length", MILLI, 4 * SECOND);
            SimHost host = own.chance("which", 0.5) ? world.client() : world.server();
            String what =
                    switch (own.between("what", 0, 6)) {
                        case 0 ->
                            plan(world, atNanos, "transmit stalls", until -> host.stallTransmit(until), lengthNanos);
                        case 1 ->
                            plan(world, atNanos, "receive stalls", until -> host.stallReceive(until), lengthNanos);
                        case 2 ->
                            plan(
                                    world,
                                    atNanos,
                                    "no buffers",
                                    until -> host.starve(own.between("left", 0, 4), until),
                                    lengthNanos);
                        case 3 ->
                            plan(
                                    world,
                                    atNanos,
                                    "clocks jump",
                                    until -> world.jumpClock(own.magnitude("jump", MILLI, 600 * SECOND)),
                                    0);
                        case 4 ->
                            plan(
                                    world,
                                    atNanos,
                                    "one clock jumps",
                                    until -> host.jumpClock(own.magnitude("jump", MILLI, 600 * SECOND)),
                                    0);
                        case 5 -> outage(world, atNanos, lengthNanos, 0, false);
                        default ->
                            outage(
                                    world,
                                    atNanos,
                                    lengthNanos,
                                    packetBytes(own.between("mtu", 576, 1400)),
                                    own.chance("tells", 0.5));
                    };
            events.add(what + " at_ms=" + (atNanos - SimWorld.START_NANOS) / MILLI + " ms=" + lengthNanos / MILLI);
        }
        narrow(world);
        if (mayFallSilent) {
            SimHost host = draws.chance("silent", 0.5) ? world.client() : world.server();
            long atNanos = world.nowNanos() + draws.magnitude("silentAt", MILLI, 4 * SECOND);
            world.at(atNanos, host::silence);
            events.add(host.address() + " falls silent at_ms=" + (atNanos - SimWorld.START_NANOS) / MILLI);
        }
    }

    /** Now and then the path carries less from some moment on, and a router tells or does not. */
    private void narrow(SimWorld world) {
        if (!draws.chance("narrows", 0.15)) {
            return;
        }
        boolean tells = draws.chance("narrowTells", 0.5);
        int bytes = packetBytes(draws.between("narrowBytes", tells ? 576 : SUSPECTED_BYTES, 1400));
        long atNanos = world.nowNanos() + draws.magnitude("narrowAt", MILLI, 4 * SECOND);
        world.at(atNanos, () -> {
            lastingBytes = bytes;
            lastingTells = tells;
            world.limitPackets(bytes, tells);
        });
        events.add("path narrows for good to " + bytes + ", tells=" + tells + " at_ms="
                + (atNanos - SimWorld.START_NANOS) / MILLI);
    }

    private static String plan(SimWorld world, long atNanos, String what, LongConsumer action, long lengthNanos) {
        world.at(atNanos, () -> action.accept(world.nowNanos() + lengthNanos));
        return what;
    }

    private String outage(SimWorld world, long atNanos, long lengthNanos, int mtuBytes, boolean tells) {
        world.at(atNanos, () -> world.limitPackets(mtuBytes, tells));
        world.at(atNanos + lengthNanos, () -> world.limitPackets(lastingBytes, lastingTells));
        return "wire carries " + mtuBytes + " bytes, tells=" + tells;
    }
}
