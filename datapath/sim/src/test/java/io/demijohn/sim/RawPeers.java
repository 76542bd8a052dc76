package io.demijohn.sim;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Capabilities;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.Stack;
import io.demijohn.stack.StackConfig;
import io.demijohn.stack.tcp.SendMemory;
import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import io.demijohn.stack.tcp.TcpOptions;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.TcpHeader;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One stack with a listener, and peers that are nothing but segments: any number, at any address. */
final class RawPeers implements AutoCloseable {
    static final int PORT = 80;

    private static final long STATION = 0x02_00_00_00_00_01L;
    private static final int SLOT_BYTES = 2048;
    private static final int BUFFERS = 1024;
    private static final int SEND_BYTES = 4 << 20;
    private static final int BATCH_MAX = 64;
    private static final int WINDOW = 0xffff;
    private static final int OUR_ADDRESS = 0x0A000001;

    final BufferPool pool;
    final SendMemory sendMemory;
    final Stack stack;
    final TcpListener listener;
    long nowNanos = SimWorld.START_NANOS;

    /** The last segment that the stack sent. */
    int sentFlags;

    int sentSequence;
    int sentAcknowledgement;
    int sentPort;
    int sentAddress;

    private final Region packets = Region.allocate((long) BUFFERS * SLOT_BYTES);
    private final Region sendBytes = Region.allocate(SEND_BYTES);
    private final PacketBuffer[] batch = new PacketBuffer[BATCH_MAX];

    RawPeers(TcpConfig tcp, int backlog) {
        pool = new BufferPool(packets, SLOT_BYTES);
        sendMemory = new SendMemory(sendBytes);
        LocalNetwork network = new LocalNetwork(IpAddress.ofIpv4(OUR_ADDRESS), 8, false);
        Capabilities checked = new Capabilities(true, true, true, false, BATCH_MAX);
        stack = new Stack(
                new StackConfig(STATION, List.of(network), null, 1500, false, checked, tcp, 7),
                pool,
                sendMemory,
                nowNanos);
        stack.tcp().reservePort(network.address(), PORT, true);
        listener = Objects.requireNonNull(
                stack.tcp().listen(network.address(), PORT, backlog, TcpOptions.DEFAULTS), "listener");
    }

    /** Brings one segment without options to the stack; returns how many frames it sent, the last one in the fields. */
    int send(int address, int port, int sequence, int acknowledgement, int flags, int payloadBytes) {
        PacketBuffer frame = Objects.requireNonNull(pool.acquire(), "no packet buffer");
        int ipBytes = Ipv4Header.BYTES + TcpHeader.BYTES + payloadBytes;
        long at = frame.append(EthernetHeader.BYTES + ipBytes);
        EthernetHeader.write(at, STATION, STATION, EthernetHeader.TYPE_IPV4);
        long ip = at + EthernetHeader.BYTES;
        Ipv4Header.write(ip, ipBytes, 0, 64, Ipv4Header.PROTOCOL_TCP, address, OUR_ADDRESS);
        long tcp = ip + Ipv4Header.BYTES;
        TcpHeader.put(tcp, port, PORT, sequence, acknowledgement, TcpHeader.BYTES, flags, WINDOW);
        Mem.fill(tcp + TcpHeader.BYTES, payloadBytes, 0);
        stack.receive(frame, nowNanos);
        return drain();
    }

    /** Takes what the stack sends; returns how many frames. */
    int drain() {
        TcpConnection touched;
        do {
            touched = stack.tcp().nextTouched();
        } while (touched != null);
        TcpListener pending;
        do {
            pending = stack.tcp().nextTouchedListener();
        } while (pending != null);
        int all = 0;
        for (int count = stack.drainTransmit(batch, BATCH_MAX);
                count > 0;
                count = stack.drainTransmit(batch, BATCH_MAX)) {
            for (int index = 0; index < count; index++) {
                note(batch[index]);
                batch[index].release();
            }
            all += count;
        }
        return all;
    }

    /** Moves time to a moment and lets timers run. */
    void advanceTo(long nanos) {
        nowNanos = nanos;
        while (stack.nextDeadlineNanos() - nowNanos <= 0) {
            stack.advance(nowNanos);
            drain();
        }
    }

    /** Shakes hands from that address and port, initial number 0; null if the stack did not play. */
    @Nullable
    TcpConnection connect(int address, int port) {
        if (send(address, port, 0, 0, TcpHeader.SYN, 0) != 1 || (sentFlags & TcpHeader.SYN) == 0) {
            return null;
        }
        send(address, port, 1, sentSequence + 1, TcpHeader.ACK, 0);
        return listener.accept();
    }

    @Override
    public void close() {
        packets.close();
        sendBytes.close();
    }

    private void note(PacketBuffer frame) {
        long ip = frame.address() + EthernetHeader.BYTES;
        long tcp = ip + Ipv4Header.BYTES;
        sentAddress = Ipv4Header.target(ip);
        sentPort = TcpHeader.destinationPort(tcp);
        sentFlags = TcpHeader.flags(tcp);
        sentSequence = TcpHeader.sequence(tcp);
        sentAcknowledgement = TcpHeader.acknowledgement(tcp);
    }
}
