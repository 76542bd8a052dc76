package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.wire.TcpHeader;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who gets which port, and how many connections may wait. */
class PortsAndListenersTest {
    private final TcpScript script = new TcpScript();
    private final Tcp tcp = script.host.tcp;
    private final IpAddress local = script.host.address;

    @AfterEach
    void free() {
        script.close();
    }

    @Test
    void reserve_taken_addressInUseUntilReleased() {
        assertEquals(80, tcp.reservePort(local, 80, false));
        assertEquals(TcpStatus.ADDRESS_IN_USE, tcp.reservePort(local, 80, false));
        assertEquals(TcpStatus.ADDRESS_IN_USE, tcp.reservePort(IpAddress.ANY, 80, false));
        tcp.releasePort(local, 80);
        assertEquals(80, tcp.reservePort(IpAddress.ANY, 80, false));
    }

    @Test
    void reserve_reuseWithoutListener_sharedAndWithListenerNot() {
        assertEquals(80, tcp.reservePort(IpAddress.ANY, 80, true));
        assertEquals(80, tcp.reservePort(IpAddress.ANY, 80, true));
        assertNotNull(tcp.listen(IpAddress.ANY, 80, 1, TcpOptions.DEFAULTS));
        assertEquals(TcpStatus.ADDRESS_IN_USE, tcp.reservePort(IpAddress.ANY, 80, true));
        assertNull(tcp.listen(IpAddress.ANY, 80, 1, TcpOptions.DEFAULTS));
        assertEquals(TcpStatus.ADDRESS_IN_USE, tcp.lastStatus());
    }

    @Test
    @Tag("proves:rfc6056")
    void reserve_ephemeral_distinctPortsInRange() {
        Set<Integer> ports = new HashSet<>();
        for (int count = 0; count < 1000; count++) {
            int port = tcp.reservePort(IpAddress.ANY, 0, false);
            assertTrue(port >= 32768 && port <= 60999);
            ports.add(port);
        }
        assertEquals(1000, ports.size());
    }

    @Test
    void reserve_portInTimeWait_onlyWithReuse() {
        TcpListener listener = script.host.listen(TcpScript.LOCAL_PORT, 4);
        TcpConnection connection = script.acceptFrom(listener);
        tcp.close(connection, 0);
        script.inject(TcpHeader.FIN | TcpHeader.ACK, 1, 2, 0);
        assertEquals(TcpState.TIME_WAIT, connection.state());
        tcp.close(listener, 0);
        tcp.releasePort(IpAddress.ANY, TcpScript.LOCAL_PORT);
        assertEquals(TcpStatus.ADDRESS_IN_USE, tcp.reservePort(local, TcpScript.LOCAL_PORT, false));
        assertEquals(TcpScript.LOCAL_PORT, tcp.reservePort(local, TcpScript.LOCAL_PORT, true));
    }

    @Test
    @Tag("proves:rfc6056-tuple")
    void connect_samePortToTwoPeers_bothAndTwiceToOne_not() {
        IpAddress other = IpAddress.ofIpv4(0x0a00_0064);
        assertNotNull(tcp.connect(local, 1234, false, script.peer, 80, TcpOptions.DEFAULTS, 0));
        assertNotNull(tcp.connect(local, 1234, false, other, 80, TcpOptions.DEFAULTS, 0));
        assertNull(tcp.connect(local, 1234, false, other, 80, TcpOptions.DEFAULTS, 0));
        assertEquals(TcpStatus.ADDRESS_NOT_AVAILABLE, tcp.lastStatus());
    }

    @Test
    @Tag("proves:rfc6056")
    @Tag("proves:rfc6528")
    void connect_ephemeral_portsAndSequencesDiffer() {
        TcpConnection first =
                Objects.requireNonNull(tcp.connect(local, 0, false, script.peer, 80, TcpOptions.DEFAULTS, 0));
        TcpConnection second =
                Objects.requireNonNull(tcp.connect(local, 0, false, script.peer, 80, TcpOptions.DEFAULTS, 0));
        assertNotEquals(first.localPort(), second.localPort());
        assertNotEquals(first.sendInitial, second.sendInitial);
    }

    @Test
    void syn_specificAndWildcardListener_specificWins() {
        assertEquals(80, tcp.reservePort(IpAddress.ANY, 80, true));
        assertEquals(80, tcp.reservePort(local, 80, true));
        TcpListener specific = Objects.requireNonNull(tcp.listen(local, 80, 4, TcpOptions.DEFAULTS));
        assertNull(tcp.listen(IpAddress.ANY, 80, 4, TcpOptions.DEFAULTS));
        TcpConnection connection = script.acceptFrom(specific);
        assertSame(specific, connection.listener());
    }

    @Test
    @Tag("proves:rfc4987-backlog")
    void backlog_full_finalAckIgnoredUntilAccepted() {
        TcpListener listener = script.host.listen(TcpScript.LOCAL_PORT, 1);
        open(1);
        assertTrue(listener.pending());
        script.peerPort = 2;
        script.inject(TcpHeader.SYN, 0, 0, 0);
        script.expect(); // full: the SYN is dropped
        assertEquals(1, tcp.counters().dropBacklogFull);
        assertNotNull(listener.accept());
        assertNull(listener.accept());
        open(2);
        assertNotNull(listener.accept());
    }

    @Test
    @Tag("proves:rfc4987-half-open")
    void backlog_halfOpenBound_furtherSynsDropped() {
        TcpListener listener = script.host.listen(TcpScript.LOCAL_PORT, 3);
        for (int port = 1; port <= 5; port++) {
            script.peerPort = port;
            script.inject(TcpHeader.SYN, 0, 0, 0);
        }
        assertEquals(3, listener.halfOpen);
        assertEquals(3, tcp.connectionCount());
    }

    @Test
    void closeListener_waitingAndHalfOpen_resetAndFreed() {
        TcpListener listener = script.host.listen(TcpScript.LOCAL_PORT, 4);
        open(1);
        script.inject(TcpHeader.ACK, 1, 1, 100);
        script.sent();
        script.peerPort = 2;
        script.inject(TcpHeader.SYN, 0, 0, 0);
        script.sent();
        tcp.close(listener, 0);
        assertEquals(2, script.sent().size());
        assertEquals(2, tcp.counters().resetsSent);
        assertEquals(0, tcp.connectionCount());
        assertEquals(script.host.pool.count(), script.host.pool.freeCount());
        script.inject(TcpHeader.SYN, 0, 0, 0);
        assertEquals(3, tcp.counters().resetsSent);
    }

    @Test
    void accepted_resetBeforeAccept_comesWithItsError() {
        TcpListener listener = script.host.listen(TcpScript.LOCAL_PORT, 4);
        open(1);
        script.inject(TcpHeader.RST, 1, 0, 0);
        assertNull(tcp.nextTouched());
        TcpConnection connection = Objects.requireNonNull(listener.accept());
        assertEquals(TcpStatus.RESET, connection.error());
        assertSame(connection, tcp.nextTouched());
        assertEquals(Ev.CONNECTED | Ev.ERROR | Ev.CLOSED, connection.takeEvents());
    }

    @Test
    @Tag("proves:rfc9293-checksum")
    void checksum_wrong_dropped() {
        TcpConnection connection = script.connectActively();
        long before = tcp.counters().dropChecksum;
        var packet = Objects.requireNonNull(script.host.pool.acquire());
        long header = packet.append(TcpHeader.BYTES);
        TcpHeader.put(header, TcpScript.PEER_PORT, script.localPort, 0, 0, TcpHeader.BYTES, TcpHeader.RST, 0);
        tcp.receive(packet, 0, script.peer.low(), 0, local.low(), 0, false, 0);
        assertEquals(before + 1, tcp.counters().dropChecksum);
        assertEquals(TcpState.ESTABLISHED, connection.state());
    }

    private void open(int peerPort) {
        script.peerPort = peerPort;
        script.inject(TcpHeader.SYN, 0, 0, 0);
        script.learnInitial();
        script.sent();
        script.ack(1, 1);
    }
}
