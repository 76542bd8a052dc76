package io.demijohn.bench;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Mem;
import io.demijohn.device.NetDevice;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.Stack;
import io.demijohn.stack.StackConfig;
import io.demijohn.stack.tcp.SendMemory;
import io.demijohn.stack.tcp.Tcp;
import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import io.demijohn.stack.tcp.TcpOptions;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * One stack with an established connection, and the frames of a peer that exists only as a template.
 *
 * <p>Owned by one benchmark and its thread. The peer's segments leave the loop device as real frames: the only work
 * before that is a copy of the template and its next sequence number. Their TCP checksum is left zero, as the device
 * declares it checked.
 */
final class StackPeer implements AutoCloseable {
    static final int PAYLOAD_BYTES = 64;

    private static final int OUR_ADDRESS = 0x0a000001;
    private static final int PEER_ADDRESS = 0x0a000002;
    private static final int OUR_PORT = 7;
    private static final int PEER_PORT = 40_000;
    private static final int IP_OFFSET = 14;
    private static final int TCP_OFFSET = IP_OFFSET + 20;
    private static final int SEQUENCE_OFFSET = TCP_OFFSET + 4;
    private static final int HEADERS_BYTES = TCP_OFFSET + 20;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final int PSH_ACK = 0x18;
    private static final int PEER_ISN = 1000;
    private static final int SLOTS = 256;
    private static final int BATCH_MAX = 64;
    private static final long SEND_BYTES = 1L << 20;

    private final NetDevice device = LoopDevices.open();
    private final int slotBytes = (BufferPool.HEADROOM_BYTES + IP_OFFSET + device.mtuBytes() + 63) & -64;
    private final Region packets = Region.allocate((long) SLOTS * slotBytes);
    private final Region sendBytes = Region.allocate(SEND_BYTES);
    private final Region template = Region.allocate(HEADERS_BYTES + PAYLOAD_BYTES);
    private final BufferPool pool = new BufferPool(packets, slotBytes);
    private final PacketBuffer[] batch = new PacketBuffer[BATCH_MAX];
    private final Stack stack;
    private final Tcp tcp;
    private final TcpConnection connection;
    private final int windowStepBytes;
    private int sequence = PEER_ISN + 1;
    private int unannouncedBytes;

    StackPeer() {
        LocalNetwork network = new LocalNetwork(IpAddress.ofIpv4(OUR_ADDRESS), 24, false);
        StackConfig config = new StackConfig(
                device.macAddress(),
                List.of(network),
                null,
                device.mtuBytes(),
                false,
                device.capabilities(),
                TcpConfig.defaults(),
                System.nanoTime());
        stack = new Stack(config, pool, new SendMemory(sendBytes), System.nanoTime());
        tcp = stack.tcp();
        int port = tcp.reservePort(network.address(), OUR_PORT, false);
        TcpListener listener = Objects.requireNonNull(
                tcp.listen(network.address(), port, 1, TcpOptions.DEFAULTS), () -> "listen: " + tcp.lastStatus());
        inject(frame(PEER_ISN, 0, SYN, 0));
        if (stack.drainTransmit(batch, BATCH_MAX) != 1) {
            throw new IllegalStateException("no SYN-ACK: " + stack.counters());
        }
        int acknowledgement = Mem.getIntBe(batch[0].address() + SEQUENCE_OFFSET) + 1;
        batch[0].release();
        inject(frame(sequence, acknowledgement, ACK, 0));
        connection = Objects.requireNonNull(listener.accept(), "not established");
        windowStepBytes = connection.receiveQueue().capacityBytes() / 4;
        byte[] data = frame(sequence, acknowledgement, PSH_ACK, PAYLOAD_BYTES);
        Mem.copyIn(data, 0, template.address(), data.length);
    }

    /** Takes the peer's next segment all the way from the device to {@code target}; returns the bytes read. */
    int receiveOne(ByteBuffer target) {
        PacketBuffer frame = Objects.requireNonNull(pool.acquire(), "no packet buffer");
        int bytes = HEADERS_BYTES + PAYLOAD_BYTES;
        long at = frame.append(bytes);
        Mem.copy(template.address(), at, bytes);
        Mem.putIntBe(at + SEQUENCE_OFFSET, sequence);
        sequence += PAYLOAD_BYTES;
        batch[0] = frame;
        device.transmit(batch, 0, 1);

        long nowNanos = System.nanoTime();
        int received = device.receive(batch, BATCH_MAX, pool);
        for (int index = 0; index < received; index++) {
            stack.receive(batch[index], nowNanos);
        }
        if (stack.nextDeadlineNanos() - nowNanos <= 0) {
            stack.advance(nowNanos);
        }
        collect();
        target.clear();
        int count = connection.receiveQueue().read(target);
        unannouncedBytes += count;
        if (unannouncedBytes >= windowStepBytes) {
            unannouncedBytes = 0;
            tcp.consumed(connection, nowNanos);
        }
        swallow();
        return count;
    }

    /** Returns how many packet buffers are free. */
    int freeBuffers() {
        return pool.freeCount();
    }

    @Override
    public void close() {
        device.close();
        template.close();
        sendBytes.close();
        packets.close();
    }

    private void collect() {
        TcpConnection touched = tcp.nextTouched();
        while (touched != null) {
            touched.takeEvents();
            touched = tcp.nextTouched();
        }
        TcpListener pending = tcp.nextTouchedListener();
        while (pending != null) {
            pending = tcp.nextTouchedListener();
        }
    }

    /** Takes the acknowledgements from the stack: nobody is there to receive them. */
    private void swallow() {
        int count = stack.drainTransmit(batch, BATCH_MAX);
        for (int index = 0; index < count; index++) {
            batch[index].release();
        }
    }

    private void inject(byte[] bytes) {
        PacketBuffer frame = Objects.requireNonNull(pool.acquire(), "no packet buffer");
        Mem.copyIn(bytes, 0, frame.append(bytes.length), bytes.length);
        stack.receive(frame, System.nanoTime());
        collect();
    }

    /** Returns a segment from the peer with {@code payloadBytes} zeros. */
    private byte[] frame(int fromSequence, int acknowledgement, int flags, int payloadBytes) {
        ByteBuffer frame = ByteBuffer.allocate(HEADERS_BYTES + payloadBytes);
        long mac = device.macAddress();
        frame.putShort((short) (mac >>> 32)).putInt((int) mac);
        frame.putShort((short) (mac >>> 32)).putInt((int) mac);
        frame.putShort((short) 0x0800);
        frame.putShort((short) 0x4500).putShort((short) (40 + payloadBytes)).putInt(0x4000);
        frame.put((byte) 64).put((byte) 6).putShort((short) 0);
        frame.putInt(PEER_ADDRESS).putInt(OUR_ADDRESS);
        int sum = 0;
        for (int index = IP_OFFSET; index < TCP_OFFSET; index += 2) {
            sum += frame.getShort(index) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        frame.putShort(IP_OFFSET + 10, (short) ~((sum & 0xffff) + (sum >>> 16)));
        frame.putShort((short) PEER_PORT).putShort((short) OUR_PORT);
        frame.putInt(fromSequence).putInt(acknowledgement);
        frame.put((byte) 0x50).put((byte) flags).putShort((short) 0xffff);
        return frame.array();
    }
}
