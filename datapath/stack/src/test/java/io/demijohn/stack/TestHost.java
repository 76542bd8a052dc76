package io.demijohn.stack;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Capabilities;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.stack.tcp.SendMemory;
import io.demijohn.stack.tcp.TcpConfig;
import java.util.ArrayList;
import java.util.List;

/** A stack at 10.77.0.2/24 with gateway 10.77.0.254, its memory and a hand on its wire. */
public final class TestHost implements AutoCloseable {
    public static final long SECOND = 1_000_000_000L;
    private static final int BUFFERS = 512;
    private static final int SLOT_BYTES = 2048;

    public final BufferPool pool;
    public final Stack stack;
    public long nowNanos;

    private final Region packets = Region.allocate(BUFFERS * SLOT_BYTES);
    private final Region sending = Region.allocate(1 << 20);
    private final PacketBuffer[] out = new PacketBuffer[BUFFERS];

    public TestHost() {
        this(true);
    }

    public TestHost(boolean resolveNeighbours) {
        this(
                Frames.OUR_MAC,
                List.of(new LocalNetwork(IpAddress.ofIpv4(Frames.OUR_IP), 24, false)),
                List.of(IpAddress.ofIpv4(0x0A4D00FE)),
                false,
                1500,
                resolveNeighbours);
        sent(); // the announcement
    }

    /** Makes a host that is configured so; what it sends at its start waits in {@link #sent}. */
    public TestHost(
            long station,
            List<LocalNetwork> networks,
            List<IpAddress> gateways,
            boolean autoconfigure,
            int mtuBytes,
            boolean resolveNeighbours) {
        this(station, networks, gateways, autoconfigure, mtuBytes, resolveNeighbours, 5 * SECOND);
    }

    /** Makes a host that starts at {@code startNanos}. */
    public TestHost(
            long station,
            List<LocalNetwork> networks,
            List<IpAddress> gateways,
            boolean autoconfigure,
            int mtuBytes,
            boolean resolveNeighbours,
            long startNanos) {
        this(
                station,
                networks,
                gateways,
                autoconfigure,
                mtuBytes,
                resolveNeighbours,
                startNanos,
                new Capabilities(false, false, true, false, 64));
    }

    private TestHost(
            long station,
            List<LocalNetwork> networks,
            List<IpAddress> gateways,
            boolean autoconfigure,
            int mtuBytes,
            boolean resolveNeighbours,
            long startNanos,
            Capabilities capabilities) {
        nowNanos = startNanos;
        pool = new BufferPool(packets, SLOT_BYTES);
        StackConfig config = new StackConfig(
                station,
                networks,
                gateways,
                autoconfigure,
                mtuBytes,
                resolveNeighbours,
                capabilities,
                TcpConfig.defaults(),
                7);
        stack = new Stack(config, pool, new SendMemory(sending), nowNanos);
    }

    /** Makes a host at fd77::2/64 and 10.77.0.2/24, past its start. */
    public static TestHost dualStack() {
        return dualStack(new Capabilities(false, false, true, false, 64));
    }

    /** Makes the same over a device that cuts packets into segments. */
    public static TestHost dualStackSegmenting() {
        return dualStack(new Capabilities(false, true, true, false, 64, 65_535));
    }

    private static TestHost dualStack(Capabilities capabilities) {
        TestHost host = new TestHost(
                Frames.OUR_MAC,
                List.of(
                        new LocalNetwork(Frames6.ip("fd77::2"), 64, false),
                        new LocalNetwork(IpAddress.ofIpv4(Frames.OUR_IP), 24, false)),
                List.of(),
                false,
                1500,
                true,
                5 * SECOND,
                capabilities);
        host.elapse(SECOND);
        host.elapse(SECOND);
        host.elapse(SECOND);
        host.sent();
        return host;
    }

    /** Lets the stack learn the peer's station at fd77::1, and takes what it answers. */
    public void introducePeer6() {
        deliver(Frames6.solicitation(
                Frames6.peer(), Frames6.solicitedGroup(Frames6.ours()), Frames6.ours(), Frames.PEER_MAC));
        sent();
    }

    /** Gives the frame to the stack. */
    public void deliver(byte[] frame) {
        PacketBuffer buffer = pool.acquire();
        if (buffer == null) {
            throw new AssertionError("pool empty");
        }
        Mem.copyIn(frame, 0, buffer.append(frame.length), frame.length);
        stack.receive(buffer, nowNanos);
    }

    /** Takes the frames that the stack sends, in order. */
    public List<byte[]> sent() {
        List<byte[]> frames = new ArrayList<>();
        int count = stack.drainTransmit(out, out.length);
        for (int index = 0; index < count; index++) {
            PacketBuffer buffer = out[index];
            byte[] frame = new byte[buffer.length()];
            Mem.copyOut(buffer.address(), frame, 0, frame.length);
            frames.add(frame);
            buffer.release();
        }
        return frames;
    }

    /** Lets the stack learn the peer's station, and takes what it answers. */
    public void introducePeer() {
        deliver(Frames.arp(1, Frames.PEER_MAC, Frames.PEER_IP, 0, Frames.OUR_IP));
        sent();
    }

    /** Moves time on and does what is due. */
    public void elapse(long nanos) {
        nowNanos += nanos;
        stack.advance(nowNanos);
    }

    public StackCounters counters() {
        return stack.counters();
    }

    @Override
    public void close() {
        packets.close();
        sending.close();
    }
}
