package io.demijohn.linux.datagram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.demijohn.device.PacketBuffer;
import io.demijohn.linux.host.Libc;
import io.demijohn.linux.host.Namespace;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.udp.Udp;
import io.demijohn.stack.udp.UdpSocket;
import io.demijohn.stack.udp.UdpStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our UDP, ICMP and IGMP with the kernel at the other end of a tap interface. */
@Timeout(60)
final class DatagramTest {
    private static final String TAP = "dj0";
    private static final InetAddress KERNEL = address(0x0A4D0001);
    private static final InetAddress OURS = address(0x0A4D0002);
    private static final int GROUP = 0xEF010203;
    private static final int[] SIZES = {0, 1, 1472, 1473, 8192, 65_507};

    private Namespace namespace;
    private TapStack ours;
    private Udp udp;
    private UdpSocket socket;
    private DatagramChannel channel;

    @BeforeEach
    void open() throws IOException {
        Namespace.missing().ifPresent(reason -> abort(reason));
        namespace = Namespace.open();
        ours = new TapStack(namespace.openTap(TAP, "10.77.0.1/24"));
        udp = ours.stack.udp();
        socket = Objects.requireNonNull(udp.bind(IpAddress.ANY, 2000, true, 1 << 20));
        channel = namespace.call(() -> DatagramChannel.open(StandardProtocolFamily.INET));
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 18);
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.configureBlocking(false);
    }

    @AfterEach
    void close() throws IOException {
        if (channel != null) {
            channel.close();
            udp.close(socket, ours.now());
            assertTrue(ours.driveUntil(() -> ours.pool.freeCount() == ours.pool.count()), "buffers lost");
            ours.close();
            namespace.close();
        }
    }

    @Test
    @Tag("proves:rfc815")
    void datagramsOfTheKernel_upToTheLargest_arriveWhole() throws IOException {
        channel.bind(new InetSocketAddress(KERNEL, 53));
        for (int size : SIZES) {
            byte[] data = bytes(size);
            assertEquals(size, channel.send(ByteBuffer.wrap(data), new InetSocketAddress(OURS, 2000)));
            assertArrayEquals(data, received(), "size " + size);
        }
    }

    @Test
    @Tag("proves:rfc815")
    void datagramsOfOurs_upToTheLargest_arriveWholeAtTheKernel() throws IOException {
        channel.bind(new InetSocketAddress(KERNEL, 53));
        send(KERNEL, 53, bytes(1)); // finds the neighbour, who keeps only some packets waiting
        assertArrayEquals(bytes(1), taken());
        for (int size : SIZES) {
            byte[] data = bytes(size);
            assertEquals(size, send(KERNEL, 53, data));
            assertArrayEquals(data, taken(), "size " + size);
        }
    }

    @Test
    @Tag("proves:rfc1191")
    void narrowRouteBehindTheKernel_isLearntFromItsReport() {
        namespace.set("net/ipv4/ip_forward", "1");
        int far = namespace.openTap("dj1", "10.78.0.1/24");
        namespace.ip("link", "set", "dj1", "mtu", "1000");
        namespace.ip("neigh", "add", "10.78.0.9", "lladdr", "02:64:6a:00:00:09", "dev", "dj1");
        StackCounters counters = ours.stack.counters();
        InetAddress host = address(0x0A4E0009);
        assertEquals(1400, send(host, 53, bytes(1400)));
        assertTrue(ours.driveUntil(() -> counters.pathMtuLowered == 1), counters.toString());
        long fragments = counters.fragmentsSent;
        assertEquals(1400, send(host, 53, bytes(1400)));
        assertEquals(2, counters.fragmentsSent - fragments);
        Libc.close(far);
    }

    @Test
    @Tag("proves:rfc768-unreachable")
    void closedPortOfTheKernel_failsOurConnectedSocket() {
        socket.connect(IpAddress.ofIpv4(0x0A4D0001), 9);
        send(KERNEL, 9, bytes(10));
        assertTrue(ours.driveUntil(() -> ours.stack.counters().icmpUnreachableReceived > 0));
        assertEquals(UdpStatus.REFUSED, socket.takeError());
    }

    @Test
    @Tag("proves:rfc792-unreachable")
    void closedPortOfOurs_failsTheKernelsConnectedSocket() throws IOException {
        channel.connect(new InetSocketAddress(OURS, 9));
        channel.write(ByteBuffer.wrap(bytes(4000)));
        assertTrue(ours.driveUntil(() -> ours.stack.counters().icmpUnreachableSent > 0));
        assertTrue(ours.driveUntil(this::isRefused));
    }

    @Test
    @Tag("proves:rfc3376")
    void groupDatagrams_passBothWays() throws IOException {
        InetAddress group = address(GROUP);
        channel.bind(new InetSocketAddress(2000));
        NetworkInterface tap = namespace.call(() -> NetworkInterface.getByName(TAP));
        channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, tap);
        namespace.ip("route", "add", "239.0.0.0/8", "dev", TAP);
        assertEquals(0, udp.groups().join(socket, IpAddress.ofIpv4(GROUP), ours.now()));
        byte[] data = bytes(5000);
        channel.send(ByteBuffer.wrap(data), new InetSocketAddress(group, 2000));
        assertArrayEquals(data, received());
        namespace.call(() -> channel.join(group, tap));
        socket.setGroupLoop(false);
        send(group, 2000, data);
        assertArrayEquals(data, taken());
    }

    @Test
    void broadcasts_passBothWays() throws IOException {
        InetAddress all = address(0x0A4D00FF);
        channel.bind(new InetSocketAddress(2000));
        channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
        channel.send(ByteBuffer.wrap(bytes(10)), new InetSocketAddress(all, 2000));
        assertArrayEquals(bytes(10), received());
        socket.setBroadcast(true);
        assertEquals(20, send(all, 2000, bytes(20)));
        while (!java.util.Arrays.equals(bytes(20), taken())) {
            // the kernel's own broadcast came back to it first
        }
    }

    private int send(InetAddress target, int port, byte[] data) {
        IpAddress to = IpAddress.ofBytes(target.getAddress());
        return udp.send(socket, to.high(), to.low(), port, ByteBuffer.wrap(data), ours.now());
    }

    /** Returns the next datagram that reaches our socket. */
    private byte[] received() {
        assertTrue(
                ours.driveUntil(() -> socket.waiting() > 0),
                ours.stack.counters().toString());
        PacketBuffer datagram = Objects.requireNonNull(socket.poll());
        ByteBuffer data = ByteBuffer.allocate(PacketChain.bytes(datagram));
        PacketChain.copyOut(datagram, data);
        PacketChain.release(datagram);
        return data.array();
    }

    /** Returns the next datagram that reaches the kernel's socket. */
    private byte[] taken() {
        ByteBuffer data = ByteBuffer.allocate(70_000);
        assertTrue(ours.driveUntil(() -> receive(data)), ours.stack.counters().toString());
        byte[] bytes = new byte[data.flip().remaining()];
        data.get(bytes);
        return bytes;
    }

    private boolean receive(ByteBuffer into) {
        try {
            return channel.receive(into) != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns whether the connected channel's next call says that nobody has the port. */
    private boolean isRefused() {
        try {
            return channel.read(ByteBuffer.allocate(10)) > 0;
        } catch (PortUnreachableException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(int size) {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        return data;
    }

    private static InetAddress address(int ipv4) {
        try {
            return InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(ipv4).array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
