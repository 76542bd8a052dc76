package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.TcpHeader;
import io.demijohn.stack.wire.TcpHeaderOptions;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** More SYNs than a listener may remember: cookies carry what it would have, and nothing else suffers. */
class SynCookiesTest {
    private static final long SECOND = TcpPair.SECOND;
    private static final int PORT = TcpPair.PORT;
    private static final int BURST = 10_000;
    private static final int BACKLOG = 50;
    private static final int PEER_INITIAL = 1_000_000;
    private static final int PEER_STAMP = 777;

    private final TcpHost host = new TcpHost(1, TcpConfig.defaults(), 5, 0);
    private final TcpHeaderOptions options = new TcpHeaderOptions();
    private long now = 7 * SECOND;
    private int answerSequence;
    private int answerFlags;

    @AfterEach
    void free() {
        host.close();
    }

    /** The defect of others: a listener that stops accepting after a burst. */
    @Test
    @Tag("proves:rfc4987-cookies")
    @Tag("proves:rfc4987-backlog")
    void burst_tenThousandConnectsAgainstBacklogOf50_allServedAndListenerGoesOn() {
        TcpConfig config = TcpConfig.defaults();
        try (TcpPair pair = new TcpPair(
                new TcpHost(1, config, 1, 0, 65_536, 16_384), new TcpHost(2, config, 2, 0, 65_536, 16_384))) {
            pair.recording = false;
            TcpListener listener = pair.server.listen(8080, BACKLOG);
            for (int count = 0; count < BURST; count++) {
                pair.client.connect(pair.server, 8080, TcpOptions.DEFAULTS, 0);
            }
            int served = 0;
            while (served < BURST && pair.step(60 * SECOND)) {
                served += serve(pair, listener);
            }
            assertEquals(BURST, served);
            assertTrue(pair.server.tcp.counters().cookiesAccepted > 0);
            assertEquals(0, listener.halfOpen);
            TcpConnection later = pair.client.connect(pair.server, 8080, TcpOptions.DEFAULTS, pair.now);
            pair.run(pair.now + SECOND);
            assertEquals(TcpState.ESTABLISHED, later.state());
            assertNotNull(listener.accept());
        }
    }

    /** Clients ask when connected; the server accepts one connection a step and answers; returns how many got an answer. */
    private static int serve(TcpPair pair, TcpListener listener) {
        TcpConnection accepted = listener.accept();
        if (accepted != null) {
            pair.server.write(accepted, new byte[] {1}, pair.now);
        }
        while (pair.server.tcp.nextTouchedListener() != null) {}
        TcpConnection far = pair.server.tcp.nextTouched();
        while (far != null) {
            far.takeEvents();
            far = pair.server.tcp.nextTouched();
        }
        int answered = 0;
        TcpConnection near = pair.client.tcp.nextTouched();
        while (near != null) {
            int events = near.takeEvents();
            assertEquals(0, events & Ev.ERROR);
            if ((events & Ev.CONNECTED) != 0) {
                pair.client.write(near, new byte[] {2}, pair.now);
            }
            if ((events & Ev.READABLE) != 0) {
                answered += pair.client.read(near, pair.now).length;
            }
            near = pair.client.tcp.nextTouched();
        }
        return answered;
    }

    @Test
    @Tag("proves:rfc4987-cookies")
    void cookie_withTimestamps_connectionHasEveryOption() {
        TcpListener listener = overflow();
        int echo = syn(100, TcpHeader.SYN | TcpHeader.ECE | TcpHeader.CWR, 1460, 9, true);
        assertEquals(TcpHeader.SYN | TcpHeader.ACK | TcpHeader.ECE, answerFlags);
        int before = host.tcp.connectionCount();
        ack(100, answerSequence + 1, echo, 0);
        assertEquals(before + 1, host.tcp.connectionCount());
        TcpConnection made = last(listener);
        assertEquals(TcpState.ESTABLISHED, made.state());
        assertTrue(made.sackOn && made.timestampsOn && made.ecnOn);
        assertEquals(9, made.sendScale);
        assertEquals(1000 << 9, made.sendWindow);
        assertEquals(7, made.receiveScale);
        assertEquals(1460 - 12, made.sendMss);
        assertEquals(PEER_INITIAL + 1, made.receiveNext);
        host.write(made, new byte[100], now);
        assertEquals(1, host.sent.size());
    }

    @Test
    @Tag("proves:rfc4987-cookies")
    void cookie_withoutTimestamps_noOptionButTheSegmentSize() {
        TcpListener listener = overflow();
        syn(100, TcpHeader.SYN, 1400, 9, false);
        ack(100, answerSequence + 1, 0, 20);
        TcpConnection made = last(listener);
        assertFalse(made.sackOn || made.timestampsOn || made.ecnOn);
        assertEquals(0, made.sendScale);
        assertEquals(-1, made.receiveScale);
        assertEquals(1300, made.sendMss, "the largest that a cookie can tell below 1400");
        assertEquals(20, made.receiveQueue().availableBytes(), "data with the acknowledgement counts");
    }

    @Test
    @Tag("proves:rfc4987-cookies")
    void cookie_afterTwoSlots_isNoneAnyMore() {
        TcpListener listener = overflow();
        int echo = syn(100, TcpHeader.SYN, 1460, 0, true);
        now += 2 * SynCookies.SLOT_NANOS;
        syn(5, TcpHeader.SYN, 1460, 0, true); // still overflowing
        long before = host.tcp.counters().resetsSent;
        ack(100, answerSequenceOf(100) + 1, echo, 0);
        assertEquals(before + 1, host.tcp.counters().resetsSent);
        assertEquals(BACKLOG, listener.halfOpen);
    }

    @Test
    @Tag("proves:rfc4987-cookies")
    void ack_guessedOrWhileNothingOverflows_reset() {
        TcpListener listener = host.listen(PORT, BACKLOG);
        ack(3, 12_345, 0, 0);
        assertEquals(1, host.tcp.counters().resetsSent, "no overflow: not even looked at");
        for (int peer = 0; peer <= BACKLOG; peer++) {
            syn(peer, TcpHeader.SYN, 1460, 0, true);
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int guess = 0; guess < 100_000; guess++) {
            ack(3000, random.nextInt(), 0, 0);
        }
        assertEquals(0, host.tcp.counters().cookiesAccepted);
        ack(101, answerSequence + 1, 0, 0);
        assertEquals(0, host.tcp.counters().cookiesAccepted, "another peer's cookie");
        assertEquals(BACKLOG, listener.halfOpen);
    }

    @Test
    @Tag("proves:rfc4987-backlog")
    void cookieAcknowledged_acceptQueueFull_ignoredUntilThereIsRoom() {
        TcpListener listener = overflow();
        int echo = syn(100, TcpHeader.SYN, 1460, 0, true);
        int first = answerSequence;
        for (int peer = 0; peer < BACKLOG; peer++) {
            ack(peer, answerSequenceOf(peer) + 1, 0, 0);
        }
        assertEquals(0, listener.halfOpen);
        long resets = host.tcp.counters().resetsSent;
        ack(100, first + 1, echo, 10);
        assertEquals(BACKLOG, host.tcp.connectionCount(), "no room, no connection");
        assertEquals(resets, host.tcp.counters().resetsSent, "and no reset");
        assertNotNull(listener.accept());
        ack(100, first + 1, echo, 10);
        assertEquals(10, last(listener).receiveQueue().availableBytes());
    }

    @Test
    @Tag("proves:rfc4987-half-open")
    void flood_aMillionSyns_stateIsBoundedAndEstablishedConnectionsStay() {
        TcpListener listener = host.listen(PORT, BACKLOG);
        TcpConnection[] established = new TcpConnection[40];
        for (int peer = 0; peer < established.length; peer++) {
            syn(peer, TcpHeader.SYN, 1460, 0, true);
            ack(peer, answerSequence + 1, 0, 0);
            established[peer] = Objects.requireNonNull(listener.accept());
        }
        for (int peer = 1000; peer < 1_001_000; peer++) {
            now += 2_000; // half a million a second: more than may be answered
            syn(peer, TcpHeader.SYN, 1460, 0, true);
            if (peer % 50_000 == 0) {
                host.tcp.advance(now);
                sweep();
            }
        }
        assertEquals(established.length + BACKLOG, host.tcp.connectionCount());
        long answered = host.tcp.counters().cookiesSent;
        assertEquals(200_000, answered, "a hundred thousand in each of two seconds");
        for (int peer = 0; peer < established.length; peer++) {
            int number = (int) established[peer].sendNext;
            ack(peer, number, 0, 100);
            assertEquals(100, established[peer].receiveQueue().availableBytes());
        }
        assertNull(listener.accept());
    }

    // ---- crafted segments: peer number n has the address 10.1.0.0 + n ----------------------------------------------

    private TcpListener overflow() {
        TcpListener listener = host.listen(PORT, BACKLOG);
        for (int peer = 0; peer < BACKLOG; peer++) {
            syn(peer, TcpHeader.SYN, 1460, 0, true);
        }
        assertEquals(0, host.tcp.counters().cookiesSent);
        return listener;
    }

    /** Returns the connection accepted last. */
    private static TcpConnection last(TcpListener listener) {
        TcpConnection found = null;
        for (TcpConnection next = listener.accept(); next != null; next = listener.accept()) {
            found = next;
        }
        return Objects.requireNonNull(found);
    }

    private int answerSequenceOf(int peer) {
        Flow flow = host.tcp.connections().flows.find(0, host.address.low(), PORT, 0, addressOf(peer), 4000);
        return flow instanceof TcpConnection connection ? (int) connection.sendInitial : answerSequence;
    }

    private static long addressOf(int peer) {
        return IpAddress.ofIpv4(0x0a01_0000 + peer).low();
    }

    /** Sends a SYN and returns the timestamp of the answer. */
    private int syn(int peer, int flags, int mss, int shift, boolean withOptions) {
        PacketBuffer packet = Objects.requireNonNull(host.pool.acquire());
        long header = packet.append(TcpHeader.BYTES + TcpHeaderOptions.SYN_BYTES_MAX);
        int bytes =
                TcpHeaderOptions.putSyn(header + TcpHeader.BYTES, mss, shift, withOptions, withOptions, PEER_STAMP, 0);
        packet.trimTo(TcpHeader.BYTES + bytes);
        TcpHeader.put(header, 4000, PORT, PEER_INITIAL, 0, TcpHeader.BYTES + bytes, flags, 60_000);
        receive(packet, peer);
        return sweep();
    }

    private void ack(int peer, int acknowledgement, int echo, int bytes) {
        PacketBuffer packet = Objects.requireNonNull(host.pool.acquire());
        int headerBytes = TcpHeader.BYTES + TcpHeaderOptions.TIMESTAMPS_BYTES;
        long header = packet.append(headerBytes + bytes);
        TcpHeader.put(header, 4000, PORT, PEER_INITIAL + 1, acknowledgement, headerBytes, TcpHeader.ACK, 1000);
        TcpHeaderOptions.putTimestamps(header + TcpHeader.BYTES, PEER_STAMP + 1, echo);
        receive(packet, peer);
        sweep();
    }

    private void receive(PacketBuffer packet, int peer) {
        long from = addressOf(peer);
        long to = host.address.low();
        TcpHeader.putChecksum(packet.address(), 0);
        TcpHeader.putChecksum(
                packet.address(), Checksum.transport(0, from, 0, to, 6, packet.address(), packet.length()));
        host.tcp.receive(packet, 0, from, 0, to, 0, false, now);
    }

    /** Looks at the answers and drops them; returns the timestamp of the last. */
    private int sweep() {
        PacketBuffer answer = host.sent.poll();
        while (answer != null) {
            options.read(answer.address());
            answerSequence = TcpHeader.sequence(answer.address());
            answerFlags = TcpHeader.flags(answer.address());
            answer.release();
            answer = host.sent.poll();
        }
        return options.timestampValue();
    }
}
