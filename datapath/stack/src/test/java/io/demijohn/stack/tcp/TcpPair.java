package io.demijohn.stack.tcp;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.wire.TcpHeader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Two hosts on a wire with a delay, in virtual time that starts at 0; a test may drop, delay or look at each segment. */
final class TcpPair implements AutoCloseable {
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000_000_000L;
    static final int PORT = 80;

    /** Decides about a segment on its way: negative drops it, else it is delayed that much more. */
    interface Fate {
        long of(boolean fromClient, long header, int length);
    }

    record Sighting(
            long nanos, boolean fromClient, int flags, int sequence, int acknowledgement, int bytes, int window) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    private record InFlight(long arrivalNanos, long order, PacketBuffer segment, boolean toServer) {}

    final TcpHost client;
    final TcpHost server;
    final TcpListener listener;
    /** Every segment that was sent, dropped ones included. */
    final List<Sighting> seen = new ArrayList<>();

    long now;
    long delayNanos = 10 * MILLI;
    Fate fate = (fromClient, header, length) -> 0;
    boolean recording = true;
    private final PriorityQueue<InFlight> wire =
            new PriorityQueue<>(Comparator.comparingLong(InFlight::arrivalNanos).thenComparingLong(InFlight::order));
    private long sentCount;

    TcpPair() {
        this(TcpConfig.defaults(), 1);
    }

    TcpPair(TcpConfig config, long seed) {
        this(new TcpHost(1, config, seed, 0), new TcpHost(2, config, seed + 1, 0));
    }

    /** Takes the hosts over. */
    TcpPair(TcpHost client, TcpHost server) {
        this.client = client;
        this.server = server;
        listener = server.listen(PORT, 16);
    }

    TcpConnection connect() {
        return connect(TcpOptions.DEFAULTS);
    }

    TcpConnection connect(TcpOptions options) {
        return client.connect(server, PORT, options, now);
    }

    /** Connects both ends and gives them as {client's, server's}. */
    TcpConnection[] establish(TcpOptions options) {
        TcpConnection near = connect(options);
        run(now + 3 * delayNanos + 100_000L);
        TcpConnection far = listener.accept();
        if (far == null) {
            throw new AssertionError("not established: " + near.state());
        }
        near.takeEvents();
        far.takeEvents();
        return new TcpConnection[] {near, far};
    }

    /** Lets everything happen that is due until {@code untilNanos}, which becomes now. */
    void run(long untilNanos) {
        while (step(untilNanos)) {}
        now = untilNanos;
    }

    /** Lets the next thing happen if it is due until {@code untilNanos}. */
    boolean step(long untilNanos) {
        carry();
        long next = Math.min(client.tcp.nextDeadlineNanos(), server.tcp.nextDeadlineNanos());
        InFlight first = wire.peek();
        if (first != null && first.arrivalNanos <= next) {
            if (first.arrivalNanos > untilNanos) {
                return false;
            }
            wire.remove();
            now = Math.max(now, first.arrivalNanos);
            TcpHost from = first.toServer ? client : server;
            TcpHost to = first.toServer ? server : client;
            to.receive(first.segment, from, now);
        } else if (next <= untilNanos) {
            now = Math.max(now, next);
            client.tcp.advance(now);
            server.tcp.advance(now);
        } else {
            return false;
        }
        carry();
        return true;
    }

    /** Puts what the hosts sent on the wire. */
    private void carry() {
        carry(client, true);
        carry(server, false);
    }

    private void carry(TcpHost from, boolean fromClient) {
        PacketBuffer segment = from.sent.poll();
        while (segment != null) {
            long header = segment.address();
            int headerBytes = TcpHeader.headerBytes(header);
            if (recording) {
                seen.add(new Sighting(
                        now,
                        fromClient,
                        TcpHeader.flags(header),
                        TcpHeader.sequence(header),
                        TcpHeader.acknowledgement(header),
                        segment.length() - headerBytes,
                        TcpHeader.window(header)));
            }
            long extraNanos = fate.of(fromClient, header, segment.length());
            if (extraNanos < 0) {
                segment.release();
            } else {
                wire.add(new InFlight(now + delayNanos + extraNanos, sentCount++, segment, fromClient));
            }
            segment = from.sent.poll();
        }
    }

    /** Returns the sightings of one side from index {@code from} on. */
    List<Sighting> seenFrom(boolean fromClient, int from) {
        List<Sighting> chosen = new ArrayList<>();
        for (int index = from; index < seen.size(); index++) {
            if (seen.get(index).fromClient() == fromClient) {
                chosen.add(seen.get(index));
            }
        }
        return chosen;
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
