package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.stack.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long a connection waits for a silent peer: keep-alive with times of its own, and the user's timeout. */
class PatienceTest {
    private static final long MILLI = TcpScript.MILLI;
    private static final long SECOND = TcpScript.SECOND;

    private final TcpScript script = new TcpScript();
    private long endedNanos;

    @AfterEach
    void free() {
        script.close();
    }

    @Test
    @Tag("proves:rfc9293-keep-alive")
    void keepAlive_timesOfItsOwn_probesWhenTheySayAndGivesUp() {
        TcpConnection connection = script.connectActively();
        connection.setKeepAliveTimes(new KeepAlive(10 * SECOND, 2 * SECOND, 3), script.now);
        connection.setKeepAlive(true, script.now);
        long start = script.now;
        List<Long> times = sendTimes(start + 60 * SECOND);
        assertEquals(List.of(10L, 12L, 14L, 16L), seconds(times, start), "three probes, then the reset");
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
    }

    @Test
    @Tag("proves:rfc9293-keep-alive")
    void keepAlive_timesFromTheOptions_areInForce() {
        TcpOptions options = new TcpOptions(false, true, 0, 0, 0, new KeepAlive(5 * SECOND, SECOND, 1), 0);
        TcpConnection connection = Objects.requireNonNull(script.host.tcp.connect(
                script.host.address, 0, false, script.peer, TcpScript.PEER_PORT, options, script.now));
        script.localPort = connection.localPort();
        script.learnInitial();
        script.sent();
        script.inject(TcpHeader.SYN | TcpHeader.ACK, 0, 1, 0);
        script.sent();
        long start = script.now;
        assertEquals(List.of(5L, 6L), seconds(sendTimes(start + 60 * SECOND), start));
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
    }

    @Test
    @Tag("proves:rfc5482")
    void userTimeout_dataUnacknowledged_endsThenAndNotAtTheNextRetransmission() {
        TcpConnection connection = script.connectActively();
        connection.setUserTimeout(5000);
        long start = script.now;
        script.write(connection, 10);
        List<Long> times = sendTimes(start + 100 * SECOND);
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
        assertEquals(5 * SECOND, endedNanos - start);
        assertEquals(true, times.size() > 2 && times.get(times.size() - 1) < endedNanos);
    }

    @Test
    @Tag("proves:rfc5482")
    void userTimeout_peerAcknowledgesInTime_startsAnew() {
        TcpConnection connection = script.connectActively();
        connection.setUserTimeout(5000);
        script.write(connection, 10);
        script.advanceTo(script.now + 4 * SECOND);
        script.ack(1, 11);
        script.write(connection, 10);
        long start = script.now;
        script.advanceTo(start + 4900 * MILLI);
        assertEquals(TcpState.ESTABLISHED, connection.state());
        sendTimes(start + 10 * SECOND);
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
        assertEquals(5 * SECOND, endedNanos - start);
    }

    @Test
    @Tag("proves:rfc5482")
    void userTimeout_shorterThanTheRetransmissionTimeout_oneRetransmissionAllTheSame() {
        TcpConnection connection = script.connectActively();
        connection.setUserTimeout(1);
        script.write(connection, 10);
        script.sent();
        assertEquals(true, sendTimes(script.now + 10 * SECOND).size() >= 1);
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
    }

    @Test
    @Tag("proves:rfc5482")
    void userTimeout_windowStaysClosed_endsThoughThePeerAnswersProbes() {
        TcpConnection connection = script.connectActively();
        connection.setUserTimeout(5000);
        script.window = 0;
        script.ack(1, 1);
        script.write(connection, 100);
        long start = script.now;
        while (connection.error() == 0 && script.now < start + 100 * SECOND) {
            script.advanceTo(script.now + 100 * MILLI);
            if (!script.sent().isEmpty() && connection.error() == 0) {
                script.ack(1, 1);
            }
        }
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
        assertEquals(5, (script.now - start) / SECOND);
    }

    @Test
    @Tag("proves:rfc5482")
    void userTimeout_keepAliveUnanswered_endsThenWhateverTheNumberOfProbes() {
        TcpConnection connection = script.connectActively();
        connection.setKeepAliveTimes(new KeepAlive(10 * SECOND, 2 * SECOND, 1), script.now);
        connection.setUserTimeout(15_000);
        connection.setKeepAlive(true, script.now);
        long start = script.now;
        assertEquals(List.of(10L, 12L, 14L, 15L), seconds(sendTimes(start + 60 * SECOND), start));
        assertEquals(TcpStatus.TIMED_OUT, connection.error());
    }

    @Test
    @Tag("proves:rfc5482")
    void userTimeout_configured_isEveryConnections() {
        TcpConfig config = TcpConfig.defaults().with(TcpTunable.USER_TIMEOUT, 3 * SECOND);
        try (TcpScript own = new TcpScript(config)) {
            TcpConnection connection = own.beginConnect();
            own.advanceTo(own.now + 2900 * MILLI);
            assertEquals(TcpState.SYN_SENT, connection.state());
            own.advanceTo(own.now + 200 * MILLI);
            assertEquals(TcpStatus.TIMED_OUT, connection.error());
        }
    }

    @Test
    void sizes_chosenWhileConnected_holdAndGrowNoMore() {
        TcpConnection connection = script.connectActively();
        connection.setSendBuffer(5000);
        connection.setReceiveBuffer(6000);
        assertEquals(5000, script.host.write(connection, new byte[9000], script.now));
        assertEquals(6000, connection.receiveQueue().windowBytes());
        long edge = connection.receiveAdvertised;
        script.sent();
        script.inject(TcpHeader.ACK, 1, 1, 1000);
        assertEquals(edge, connection.receiveAdvertised, "what was offered stays offered");
        assertEquals(false, connection.receiveTuned || connection.sendTuned);
    }

    /** Lets time pass and returns when something was sent; notes when the connection ended. */
    private List<Long> sendTimes(long untilNanos) {
        List<Long> times = new ArrayList<>();
        script.sent();
        while (script.host.tcp.nextDeadlineNanos() <= untilNanos) {
            script.advanceTo(script.host.tcp.nextDeadlineNanos());
            for (int count = script.sent().size(); count > 0; count--) {
                times.add(script.now);
            }
            if (script.host.tcp.connectionCount() == 0) {
                endedNanos = script.now;
                break;
            }
        }
        return times;
    }

    private static List<Long> seconds(List<Long> times, long start) {
        return times.stream().map(time -> (time - start) / SECOND).toList();
    }
}
