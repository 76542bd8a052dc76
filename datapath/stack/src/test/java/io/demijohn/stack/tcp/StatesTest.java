package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.wire.TcpHeader;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What each state does with each event: RFC 9293, 3.10.7, by crafted segments. */
class StatesTest {
    private static final int FIN_ACK = TcpHeader.FIN | TcpHeader.ACK;
    private static final int RST = TcpHeader.RST;
    private static final int SYN = TcpHeader.SYN;
    private static final int ACK = TcpHeader.ACK;

    private final TcpScript script = new TcpScript();

    @AfterEach
    void free() {
        script.close();
    }

    // ---- CLOSED, LISTEN, SYN-SENT ----------------------------------------------------------------------------------

    @Test
    void closed_syn_resetWithAck() {
        script.inject(SYN, 0, 0, 0);
        script.expect("RA 0:0(0) ack 1");
    }

    @Test
    void closed_ack_resetFromItsNumber() {
        script.ack(1, 77);
        script.expect("R 77:77(0)");
    }

    @Test
    void closed_rst_silence() {
        script.inject(RST | ACK, 1, 1, 0);
        script.expect();
    }

    @Test
    void listen_ack_reset() {
        script.host.listen(TcpScript.LOCAL_PORT, 4);
        script.ack(1, 5);
        script.expect("R 5:5(0)");
    }

    @Test
    @Tag("proves:rfc9293-syn-data")
    void listen_synWithData_dataIgnoredAndHandshakeGoesOn() {
        TcpListener listener = script.host.listen(TcpScript.LOCAL_PORT, 4);
        script.inject(SYN, 0, 0, 100);
        script.learnInitial();
        script.expect("SA 0:0(0) ack 1");
        script.inject(ACK, 1, 1, 100);
        TcpConnection connection = listener.accept();
        assertTrue(connection != null && connection.receiveQueue().availableBytes() == 100);
    }

    @Test
    void synSent_rstWithoutAck_ignored() {
        TcpConnection connection = script.beginConnect();
        script.inject(RST, 0, 0, 0);
        assertEquals(TcpState.SYN_SENT, connection.state());
    }

    @Test
    @Tag("proves:rfc9293-refused")
    void synSent_rstWithAck_refusedAtOnce() {
        TcpConnection connection = script.beginConnect();
        script.inject(RST | ACK, 0, 1, 0);
        assertEquals(TcpStatus.REFUSED, connection.error());
        assertEquals(Ev.ERROR | Ev.CLOSED, connection.takeEvents());
        assertEquals(0, script.host.tcp.connectionCount());
    }

    @Test
    void synSent_ackOfNothing_reset() {
        TcpConnection connection = script.beginConnect();
        script.inject(SYN | ACK, 0, 2, 0);
        script.expect("R 2:2(0)");
        assertEquals(TcpState.SYN_SENT, connection.state());
    }

    @Test
    @Tag("proves:rfc9293-syn-data")
    void synSent_synAckWithData_taken() {
        TcpConnection connection = script.beginConnect();
        script.inject(SYN | ACK, 0, 1, 10);
        script.expect("A 1:1(0) ack 11");
        assertEquals(10, connection.receiveQueue().availableBytes());
    }

    @Test
    @Tag("proves:rfc5927")
    void synSent_icmpAboutOurSyn_failsAndAboutOtherNumbersNot() {
        TcpConnection connection = script.beginConnect();
        Tcp tcp = script.host.tcp;
        long local = script.host.address.low();
        int sequence = (int) connection.sendInitial;
        tcp.onUnreachable(
                0, local, script.localPort, 0, script.peer.low(), TcpScript.PEER_PORT, sequence + 9, -5, script.now);
        assertEquals(TcpState.SYN_SENT, connection.state());
        tcp.onUnreachable(
                0, local, script.localPort, 0, script.peer.low(), TcpScript.PEER_PORT, sequence, -5, script.now);
        assertEquals(TcpStatus.UNREACHABLE, connection.error());
    }

    // ---- simultaneous open -----------------------------------------------------------------------------------------

    @Test
    @Tag("proves:rfc9293-simultaneous-open")
    void simultaneousOpen_synsCross_established() {
        TcpConnection connection = script.beginConnect();
        script.inject(SYN, 0, 0, 0);
        assertEquals(TcpState.SYN_RECEIVED, connection.state());
        script.expect("SA 0:0(0) ack 1");
        script.inject(SYN | ACK, 0, 1, 0); // RFC 9293, figure 8: not acceptable, answered with an ACK
        script.expect("A 1:1(0) ack 1");
        script.ack(1, 1);
        assertEquals(TcpState.ESTABLISHED, connection.state());
    }

    @Test
    @Tag("proves:rfc9293-simultaneous-open")
    void simultaneousOpen_bothOurs_streamFlows() {
        TcpConfig config = TcpConfig.defaults();
        try (TcpPair pair = new TcpPair(config, 3)) {
            TcpConnection near = Objects.requireNonNull(pair.client.tcp.connect(
                    pair.client.address, 1000, false, pair.server.address, 2000, TcpOptions.DEFAULTS, 0));
            TcpConnection far = Objects.requireNonNull(pair.server.tcp.connect(
                    pair.server.address, 2000, false, pair.client.address, 1000, TcpOptions.DEFAULTS, 0));
            pair.run(TcpPair.SECOND / 2);
            assertEquals(TcpState.ESTABLISHED, near.state());
            assertEquals(TcpState.ESTABLISHED, far.state());
            pair.client.write(near, new byte[5000], pair.now);
            pair.run(TcpPair.SECOND);
            assertEquals(5000, pair.server.read(far, pair.now).length);
        }
    }

    // ---- SYN-RECEIVED ----------------------------------------------------------------------------------------------

    @Test
    void synReceived_synAgain_synAckAgain() {
        script.host.listen(TcpScript.LOCAL_PORT, 4);
        script.inject(SYN, 0, 0, 0);
        script.learnInitial();
        script.expect("SA 0:0(0) ack 1");
        script.inject(SYN, 0, 0, 0);
        script.expect("SA 0:0(0) ack 1");
    }

    @Test
    void synReceived_rst_forgotten() {
        TcpListener listener = script.host.listen(TcpScript.LOCAL_PORT, 1);
        script.inject(SYN, 0, 0, 0);
        script.inject(RST, 1, 0, 0);
        assertEquals(0, script.host.tcp.connectionCount());
        assertEquals(0, listener.halfOpen);
        assertNull(listener.accept());
    }

    @Test
    void synReceived_wrongAck_reset() {
        script.host.listen(TcpScript.LOCAL_PORT, 4);
        script.inject(SYN, 0, 0, 0);
        script.learnInitial();
        script.sent();
        script.ack(1, 500);
        script.expect("R 500:500(0)");
    }

    // ---- ESTABLISHED -----------------------------------------------------------------------------------------------

    @Test
    void established_data_readableAndAcknowledged() {
        TcpConnection connection = script.connectActively();
        script.inject(ACK, 1, 1, 100);
        script.expect("A 1:1(0) ack 101");
        assertEquals(Ev.READABLE, connection.takeEvents());
        byte[] bytes = script.host.read(connection, script.now);
        assertEquals(100, bytes.length);
        assertEquals(50, bytes[49]);
    }

    @Test
    void established_rstExact_reset() {
        TcpConnection connection = script.connectActively();
        script.inject(RST, 1, 0, 0);
        script.expect();
        assertEquals(TcpStatus.RESET, connection.error());
        assertEquals(Ev.ERROR | Ev.CLOSED, connection.takeEvents());
    }

    @Test
    @Tag("proves:rfc5961-rst")
    void established_rstInWindow_challengedAndRstOutside_ignored() {
        TcpConnection connection = script.connectActively();
        script.inject(RST, 2, 0, 0);
        script.expect("A 1:1(0) ack 1");
        script.inject(RST, -1, 0, 0);
        script.inject(RST, 1_000_000, 0, 0);
        script.expect();
        assertEquals(TcpState.ESTABLISHED, connection.state());
    }

    @Test
    @Tag("proves:rfc5961-limit")
    @Tag("proves:rfc5961-syn")
    void established_syn_challengedTenTimesASecond() {
        TcpConnection connection = script.connectActively();
        for (int count = 0; count < 20; count++) {
            script.inject(SYN, 5, 0, 0);
        }
        assertEquals(10, script.sent().size());
        script.advanceTo(script.now + TcpScript.SECOND);
        script.inject(SYN, 5, 0, 0);
        script.expect("A 1:1(0) ack 1");
        assertEquals(TcpState.ESTABLISHED, connection.state());
    }

    @Test
    @Tag("proves:rfc5961-data")
    void established_ackOfNothingOrFarTooOld_challengedAndDropped() {
        TcpConnection connection = script.connectActively();
        script.inject(ACK, 1, 2, 10);
        script.inject(ACK, 1, -70_000, 10);
        script.expect("A 1:1(0) ack 1", "A 1:1(0) ack 1");
        assertEquals(0, connection.receiveQueue().availableBytes());
    }

    @Test
    void established_noAckBit_dropped() {
        TcpConnection connection = script.connectActively();
        script.inject(0, 1, 0, 10);
        script.expect();
        assertEquals(0, connection.receiveQueue().availableBytes());
    }

    @Test
    void established_outOfOrder_duplicateAckThenAllAtOnce() {
        TcpConnection connection = script.connectActively();
        script.inject(ACK, 11, 1, 10);
        script.expect("A 1:1(0) ack 1");
        script.inject(ACK, 1, 1, 15);
        script.expect("A 1:1(0) ack 21");
        assertEquals(20, connection.receiveQueue().availableBytes());
    }

    @Test
    void established_beyondWindow_trimmed() {
        TcpConnection connection = script.connectWithBuffer(500);
        script.sent();
        script.inject(FIN_ACK, 1, 1, 600);
        script.expect("A 1:1(0) ack 501");
        assertEquals(500, connection.receiveQueue().availableBytes());
        assertEquals(TcpState.ESTABLISHED, connection.state());
    }

    @Test
    void established_lengthsOfZeroWindow_ackStillCounts() {
        TcpConnection connection = script.connectWithBuffer(500);
        script.inject(ACK, 1, 1, 500);
        script.write(connection, 10);
        script.sent();
        script.inject(ACK, 501, 11, 1); // a probe that acknowledges
        script.expect("A 11:11(0) ack 501");
        assertFalse(connection.hasOutstanding());
        script.host.read(connection, script.now);
        script.expect("A 11:11(0) ack 501");
    }

    // ---- every order of FIN ----------------------------------------------------------------------------------------

    @Test
    void close_weFirst_finWait1FinWait2TimeWait() {
        TcpConnection connection = script.connectActively();
        script.host.tcp.shutdownOutput(connection, script.now);
        assertEquals(TcpState.FIN_WAIT_1, connection.state());
        script.expect("FA 1:1(0) ack 1");
        script.ack(1, 2);
        assertEquals(TcpState.FIN_WAIT_2, connection.state());
        script.inject(FIN_ACK, 1, 2, 5);
        script.expect("A 2:2(0) ack 7");
        assertEquals(TcpState.TIME_WAIT, connection.state());
        assertEquals(Ev.READABLE | Ev.PEER_FIN | Ev.CLOSED, connection.takeEvents());
        assertEquals(5, connection.receiveQueue().availableBytes());
    }

    @Test
    void close_peerFirst_closeWaitLastAckClosed() {
        TcpConnection connection = script.connectActively();
        script.inject(FIN_ACK, 1, 1, 0);
        assertEquals(TcpState.CLOSE_WAIT, connection.state());
        script.expect("A 1:1(0) ack 2");
        script.write(connection, 20);
        script.expect("PA 1:21(20) ack 2");
        script.host.tcp.close(connection, script.now);
        assertEquals(TcpState.LAST_ACK, connection.state());
        script.expect("FA 21:21(0) ack 2");
        script.ack(2, 22);
        assertEquals(TcpState.CLOSED, connection.state());
        assertEquals(0, script.host.tcp.connectionCount());
        assertEquals(0, connection.error());
    }

    @Test
    @Tag("proves:rfc9293-simultaneous-close")
    void close_simultaneous_closingTimeWait() {
        TcpConnection connection = script.connectActively();
        script.host.tcp.shutdownOutput(connection, script.now);
        script.inject(FIN_ACK, 1, 1, 0);
        assertEquals(TcpState.CLOSING, connection.state());
        script.expect("FA 1:1(0) ack 1", "A 2:2(0) ack 2");
        script.ack(2, 2);
        assertEquals(TcpState.TIME_WAIT, connection.state());
    }

    @Test
    void close_finAnsweredWithFinAck_timeWaitAtOnce() {
        TcpConnection connection = script.connectActively();
        script.host.tcp.close(connection, script.now);
        script.inject(FIN_ACK, 1, 2, 0);
        script.expect("FA 1:1(0) ack 1", "A 2:2(0) ack 2");
        assertEquals(TcpState.TIME_WAIT, connection.state());
    }

    @Test
    void fin_beforeItsData_takenAfterIt() {
        TcpConnection connection = script.connectActively();
        script.inject(FIN_ACK, 11, 1, 10);
        assertEquals(TcpState.ESTABLISHED, connection.state());
        script.inject(ACK, 1, 1, 10);
        assertEquals(TcpState.CLOSE_WAIT, connection.state());
        script.expect("A 1:1(0) ack 1", "A 1:1(0) ack 22");
        assertEquals(20, connection.receiveQueue().availableBytes());
    }

    @Test
    void fin_again_acknowledgedAgain() {
        TcpConnection connection = script.connectActively();
        script.inject(FIN_ACK, 1, 1, 0);
        script.inject(FIN_ACK, 1, 1, 0);
        script.expect("A 1:1(0) ack 2", "A 1:1(0) ack 2");
        assertEquals(TcpState.CLOSE_WAIT, connection.state());
    }

    @Test
    @Tag("proves:half-close")
    void halfClose_peerGoesOnSending_dataTaken() {
        TcpConnection connection = script.connectActively();
        script.host.tcp.shutdownOutput(connection, script.now);
        script.ack(1, 2);
        script.inject(ACK, 1, 2, 30);
        assertEquals(30, connection.receiveQueue().availableBytes());
    }

    // ---- RST on close, abort, orphans ------------------------------------------------------------------------------

    @Test
    @Tag("proves:rfc2525")
    void close_unreadData_reset() {
        TcpConnection connection = script.connectActively();
        script.inject(ACK, 1, 1, 30);
        script.sent();
        script.host.tcp.close(connection, script.now);
        script.expect("RA 1:1(0) ack 31");
        assertEquals(0, script.host.tcp.connectionCount());
    }

    @Test
    @Tag("proves:rfc2525")
    void close_dataAfterwards_reset() {
        TcpConnection connection = script.connectActively();
        script.host.tcp.close(connection, script.now);
        script.ack(1, 2);
        script.sent();
        script.inject(ACK, 1, 2, 30);
        script.expect("R 2:2(0)");
        assertEquals(0, script.host.tcp.connectionCount());
    }

    @Test
    void abort_queuedData_resetAndGone() {
        TcpConnection connection = script.connectActively();
        script.write(connection, 100);
        script.sent();
        script.host.tcp.abort(connection, script.now);
        script.expect("RA 101:101(0) ack 1");
        assertEquals(Ev.CLOSED, connection.takeEvents() & Ev.CLOSED);
    }

    @Test
    void close_synSent_silentlyGone() {
        TcpConnection connection = script.beginConnect();
        script.host.tcp.close(connection, script.now);
        script.expect();
        assertEquals(0, script.host.tcp.connectionCount());
    }

    @Test
    void orphan_finWait2WithoutPeerFin_endsAfterAMinute() {
        TcpConnection connection = script.connectActively();
        script.host.tcp.close(connection, script.now);
        script.ack(1, 2);
        script.advanceTo(59 * TcpScript.SECOND);
        assertEquals(1, script.host.tcp.connectionCount());
        script.advanceTo(60 * TcpScript.SECOND);
        assertEquals(0, script.host.tcp.connectionCount());
    }

    // ---- TIME_WAIT -------------------------------------------------------------------------------------------------

    @Test
    @Tag("proves:rfc1337")
    void timeWait_rstIgnored_finAcknowledged_endsInTime() {
        TcpConnection connection = enterTimeWait();
        script.inject(RST, 2, 0, 0);
        script.expect();
        script.advanceTo(script.now + 30 * TcpScript.SECOND);
        script.inject(FIN_ACK, 1, 2, 0);
        script.expect("A 2:2(0) ack 2");
        script.advanceTo(script.now + 60 * TcpScript.SECOND - 1);
        script.inject(FIN_ACK, 1, 2, 0);
        script.expect("A 2:2(0) ack 2");
        script.advanceTo(script.now + 60 * TcpScript.SECOND);
        script.inject(FIN_ACK, 1, 2, 0);
        script.expect("R 2:2(0)");
        assertEquals(TcpState.TIME_WAIT, connection.state());
    }

    @Test
    void timeWait_newerSyn_newConnectionWithLargerNumber() {
        TcpListener listener = script.host.listen(TcpScript.LOCAL_PORT, 4);
        TcpConnection connection = script.acceptFrom(listener);
        long before = connection.sendMax;
        script.host.tcp.close(connection, script.now);
        script.inject(FIN_ACK, 1, 2, 0);
        assertEquals(TcpState.TIME_WAIT, connection.state());
        script.sent();
        script.inject(SYN, 1000, 0, 0);
        assertEquals(1, script.host.tcp.connectionCount());
        script.learnInitial();
        script.expect("SA 0:0(0) ack 1001");
        assertTrue(before > 0);
        assertEquals(1, script.host.tcp.counters().timeWaitReused);
    }

    @Test
    void timeWait_olderSyn_acknowledged() {
        enterTimeWait();
        script.inject(SYN, 0, 0, 0);
        script.expect("A 2:2(0) ack 2");
    }

    private TcpConnection enterTimeWait() {
        TcpConnection connection = script.connectActively();
        script.host.tcp.close(connection, script.now);
        script.inject(FIN_ACK, 1, 2, 0);
        assertEquals(TcpState.TIME_WAIT, connection.state());
        script.sent();
        return connection;
    }
}
