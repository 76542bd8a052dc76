package io.demijohn.linux.datagram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.demijohn.device.PacketBuffer;
import io.demijohn.linux.host.Namespace;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.udp.UdpGroups;
import io.demijohn.stack.udp.UdpSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our MLD reports as a bridge of the kernel understands them: it asks as a querier, and snoops who wants which group. */
@Timeout(60)
@Tag("proves:rfc3810")
final class ListenerReportsTest {
    private static final String TAP = "dj0";
    private static final String GROUP = "ff15::1234";
    private static final String SOURCE = "fd77::9";

    private Namespace namespace;
    private TapStack ours;
    private UdpSocket socket;

    @BeforeEach
    void open() {
        Namespace.missing().ifPresent(reason -> abort(reason));
        boolean bridge = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "bridge")));
        assumeTrue(bridge, "skipped: bridge (iproute2) is not installed");
        namespace = Namespace.open();
        namespace.enableIpv6();
        try {
            namespace.ip("link", "add", "br0", "type", "bridge", "mcast_snooping", "1", "mcast_mld_version", "2");
        } catch (IllegalStateException e) {
            namespace.close();
            abort("skipped: this kernel makes no bridge that snoops: " + e.getMessage());
        }
        namespace.ip("address", "add", "fd77::1/64", "dev", "br0", "nodad");
        namespace.ip(
                "address",
                "add",
                "10.78.0.1/24",
                "dev",
                "br0"); // the JDK finds no interface by IPv6 from a thread's namespace
        namespace.ip("link", "set", "br0", "up");
        int tap = namespace.openTap(TAP, "10.77.0.1/24");
        namespace.ip("link", "set", TAP, "master", "br0");
        ours = new TapStack(tap, List.of(new LocalNetwork(ip("fd77::2"), 64, false)), ip("fd77::1"));
        socket = Objects.requireNonNull(ours.stack.udp().bind(IpAddress.ANY, 2000, true, 1 << 20));
    }

    @AfterEach
    void close() {
        if (ours != null) {
            ours.stack.udp().close(socket, ours.now());
            assertTrue(ours.driveUntil(() -> ours.pool.freeCount() == ours.pool.count()), "buffers lost");
            ours.close();
            namespace.close();
        }
    }

    @Test
    void groupJoinedAndLeft_comesAndGoesInTheBridgesTable() {
        UdpGroups groups = ours.stack.udp().groups();
        assertEquals(0, groups.join(socket, ip(GROUP), ours.now()));
        assertTrue(ours.driveUntil(() -> entries().contains("grp " + GROUP + " ")), this::entries);
        assertTrue(ours.driveUntil(() -> entries().contains("grp ff02::1:ff00:2 ")), "our address's group");
        assertEquals(0, groups.leave(socket, ip(GROUP), ours.now()));
        namespace.ip("link", "set", "br0", "type", "bridge", "mcast_querier", "1"); // who leaves is asked once more
        assertTrue(ours.driveUntil(() -> !entries().contains("grp " + GROUP + " ")), this::entries);
    }

    @Test
    void sourceJoined_isTheBridgesOnlySource() {
        UdpGroups groups = ours.stack.udp().groups();
        assertEquals(0, groups.joinSource(socket, ip(GROUP), ip(SOURCE), ours.now()));
        assertTrue(
                ours.driveUntil(() -> entries()
                        .lines()
                        .anyMatch(line -> line.contains("grp " + GROUP + " src " + SOURCE)
                                || (line.contains("grp " + GROUP + " ")
                                        && line.contains("source_list " + SOURCE + "/")))),
                this::entries);
        assertTrue(entries().contains("filter_mode include"), this::entries);
    }

    @Test
    void bridgeAsks_weAnswer_andTheGroupStays() {
        assertEquals(0, ours.stack.udp().groups().join(socket, ip(GROUP), ours.now()));
        assertTrue(ours.driveUntil(() -> entries().contains("grp " + GROUP + " ")), this::entries);
        StackCounters counters = ours.stack.counters();
        assertTrue(ours.driveUntil(() -> counters.groupReportsSent >= 4), "each change is told twice");
        long before = counters.groupReportsSent;
        namespace.ip("link", "set", "br0", "type", "bridge", "mcast_query_response_interval", "50");
        namespace.ip("link", "set", "br0", "type", "bridge", "mcast_querier", "1");
        assertTrue(ours.driveUntil(() -> counters.groupQueriesReceived > 0), counters::toString);
        assertTrue(ours.driveUntil(() -> counters.groupReportsSent >= before + 2), counters::toString);
        assertEquals(0, counters.dropGroupMalformed);
        assertTrue(entries().contains("grp " + GROUP + " "), this::entries);
    }

    @Test
    void groupDatagrams_passBothWays() throws IOException {
        InetAddress group = InetAddress.getByName(GROUP);
        NetworkInterface bridge = namespace.call(() -> NetworkInterface.getByName("br0"));
        try (DatagramChannel channel = namespace.call(() -> DatagramChannel.open(StandardProtocolFamily.INET6))) {
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, bridge);
            channel.bind(new InetSocketAddress(2000));
            channel.configureBlocking(false);
            assertEquals(0, ours.stack.udp().groups().join(socket, ip(GROUP), ours.now()));
            assertTrue(ours.driveUntil(() -> entries().contains("grp " + GROUP + " ")), this::entries);
            byte[] data = new byte[5000]; // in fragments
            Arrays.fill(data, (byte) 7);
            assertEquals(data.length, channel.send(ByteBuffer.wrap(data), new InetSocketAddress(group, 2000)));
            assertTrue(ours.driveUntil(() -> socket.waiting() > 0), ours.stack.counters()::toString);
            PacketBuffer datagram = Objects.requireNonNull(socket.poll());
            assertEquals(data.length, PacketChain.bytes(datagram));
            PacketChain.release(datagram);
            namespace.call(() -> channel.join(group, bridge));
            socket.setGroupLoop(false);
            IpAddress to = ip(GROUP);
            int sent = ours.stack.udp().send(socket, to.high(), to.low(), 2000, ByteBuffer.wrap(data), ours.now());
            assertEquals(data.length, sent);
            ByteBuffer taken = ByteBuffer.allocate(2 * data.length);
            assertTrue(ours.driveUntil(() -> receive(channel, taken)), ours.stack.counters()::toString);
            assertEquals(ByteBuffer.wrap(data), taken.flip());
        }
    }

    private static boolean receive(DatagramChannel channel, ByteBuffer into) {
        try {
            return channel.receive(into) != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the bridge's table of groups. */
    private String entries() {
        return namespace.output(List.of("bridge", "-d", "-s", "mdb", "show"));
    }

    private static IpAddress ip(String literal) {
        try {
            return IpAddress.ofBytes(InetAddress.getByName(literal).getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("a literal is never looked up", e);
        }
    }
}
