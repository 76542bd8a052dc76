package io.demijohn.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory ends before the connections do: whoever moves goes on, whoever stands waits, no acknowledged byte is lost. */
class MemoryBoundTest {
    private static final long MILLI = TcpPair.MILLI;
    private static final long SECOND = TcpPair.SECOND;
    private static final int PIECE_BYTES = 16_384;

    private final byte[] piece = new byte[PIECE_BYTES];
    private final List<Stream> streams = new ArrayList<>();

    /** One connection: the client writes numbered bytes, the server reads and compares. */
    private static final class Stream {
        final TcpConnection near;
        final TcpConnection far;
        final int id;
        boolean reads = true;
        long toWrite;
        long written;
        long read;

        Stream(int id, TcpConnection[] ends, long toWrite) {
            this.id = id;
            this.near = ends[0];
            this.far = ends[1];
            this.toWrite = toWrite;
        }

        byte at(long position) {
            return (byte) (position * 31 + (position >> 8) + id);
        }
    }

    @Test
    @Tag("proves:buffers-pressure")
    void stalledReaders_windowsHadGrown_anotherStreamGoesOnAndNothingIsLost() {
        try (TcpPair pair = pair(16_384, 8192, 1024)) {
            for (int id = 0; id < 20; id++) {
                open(pair, Long.MAX_VALUE);
            }
            run(pair, SECOND / 5); // windows grow
            assertTrue(pair.server.tcp.counters().receiveBuffersGrown > 20);
            streams.forEach(stream -> stream.reads = false);
            run(pair, SECOND);
            assertTrue(pair.server.pool.freeCount() > 0, "the wire can still bring acknowledgements");
            Stream moving = open(pair, 3_000_000);
            run(pair, 10 * SECOND);
            assertEquals(3_000_000, moving.read);
            resumeAndFinish(pair, 600 * SECOND);
            assertEquals(pair.server.pool.count(), pair.server.pool.freeCount());
        }
    }

    @Test
    @Tag("proves:buffers-pressure")
    void stalledPeers_holdTheSendMemory_anotherStreamGoesOnAndNothingIsLost() {
        try (TcpPair pair = pair(16_384, 512, 16_384)) {
            for (int id = 0; id < 60; id++) {
                open(pair, Long.MAX_VALUE).reads = false;
            }
            run(pair, 2 * SECOND);
            assertTrue(pair.client.sendMemory.freeCount() < 64, "the memory is short");
            Stream moving = open(pair, 1_000_000);
            run(pair, 60 * SECOND);
            assertEquals(1_000_000, moving.read);
            resumeAndFinish(pair, 300 * SECOND);
            assertEquals(pair.client.sendMemory.count(), pair.client.sendMemory.freeCount());
        }
    }

    @Test
    @Tag("proves:buffers-pressure")
    void manyConnectionsWithHoles_keepAShareOfThePool_bytesArriveInTheEnd() {
        try (TcpPair pair = pair(16_384, 8192, 1024)) {
            for (int id = 0; id < 50; id++) {
                open(pair, 0);
            }
            int[] swallowed = {0};
            pair.fate = (fromClient, header, length) -> {
                boolean full = fromClient && length > 1000;
                boolean firstOfStream = full && swallowed[0] < 50 && TcpHeader.flags(header) == TcpHeader.ACK;
                return firstOfStream && isFirst(header) ? swallow(swallowed) : 0;
            };
            streams.forEach(stream -> stream.toWrite = 30_000);
            run(pair, 15 * MILLI);
            assertTrue(pair.server.tcp.counters().segmentsOutOfOrder > 100, "holes in front of what arrives");
            assertTrue(pair.server.pool.freeCount() >= pair.server.pool.count() / 5);
            run(pair, 60 * SECOND);
            for (Stream stream : streams) {
                assertEquals(30_000, stream.read, "stream " + stream.id);
            }
        }
    }

    private boolean isFirst(long header) {
        for (Stream stream : streams) {
            if (stream.near.localPort() == TcpHeader.sourcePort(header)) {
                return TcpHeader.sequence(header) == (int) stream.near.sendInitial + 1;
            }
        }
        return false;
    }

    private static long swallow(int[] count) {
        count[0]++;
        return -1;
    }

    private static TcpPair pair(int clientBuffers, int clientChunks, int serverBuffers) {
        TcpConfig config = TcpConfig.defaults();
        TcpPair pair = new TcpPair(
                new TcpHost(1, config, 1, 0, clientBuffers, clientChunks),
                new TcpHost(2, config, 2, 0, serverBuffers, 1024));
        pair.recording = false;
        pair.delayNanos = MILLI;
        return pair;
    }

    private Stream open(TcpPair pair, long bytes) {
        Stream stream = new Stream(streams.size(), pair.establish(TcpOptions.DEFAULTS), bytes);
        streams.add(stream);
        return stream;
    }

    private void resumeAndFinish(TcpPair pair, long nanos) {
        for (Stream stream : streams) {
            stream.reads = true;
            stream.toWrite = stream.written;
        }
        run(pair, nanos);
        for (Stream stream : streams) {
            assertEquals(stream.written, stream.read, "stream " + stream.id);
            assertEquals(0, stream.near.error());
        }
    }

    private void run(TcpPair pair, long nanos) {
        long untilNanos = pair.now + nanos;
        long tickNanos = pair.now;
        do {
            if (pair.now >= tickNanos) { // applications look at their sockets each millisecond
                tickNanos = pair.now + MILLI;
                for (Stream stream : streams) {
                    write(pair, stream);
                    read(pair, stream);
                }
            }
        } while (pair.step(untilNanos));
        pair.now = untilNanos;
    }

    private void write(TcpPair pair, Stream stream) {
        int wanted = (int) Math.min(PIECE_BYTES, stream.toWrite - stream.written);
        if (wanted <= 0 || !stream.near.sendQueue().hasRoom()) {
            return;
        }
        for (int index = 0; index < wanted; index++) {
            piece[index] = stream.at(stream.written + index);
        }
        stream.written += stream.near.sendQueue().write(piece, 0, wanted);
        pair.client.tcp.send(stream.near, pair.now);
    }

    private void read(TcpPair pair, Stream stream) {
        int count = stream.reads ? stream.far.receiveQueue().read(piece, 0, PIECE_BYTES) : 0;
        for (int index = 0; index < count; index++) {
            assertEquals(stream.at(stream.read + index), piece[index]);
        }
        stream.read += count;
        if (count > 0) {
            pair.server.tcp.consumed(stream.far, pair.now);
        }
    }
}
