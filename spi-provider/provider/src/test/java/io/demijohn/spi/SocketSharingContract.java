package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.DataInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One socket used by many threads at once; run on the JDK as it is and on ours. */
abstract class SocketSharingContract extends SocketContract {
    private static final int THREADS = 4;
    private static final int BLOCKS = 60;
    private static final int BLOCK_BYTES = 10_000;

    @Test
    void writers_manyAtOnce_arraysStayWhole() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            OutputStream out = pair.client().getOutputStream();
            List<Background<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                byte[] block = new byte[BLOCK_BYTES];
                Arrays.fill(block, (byte) (i + 1));
                writers.add(Background.start(() -> {
                    for (int count = 0; count < BLOCKS; count++) {
                        out.write(block);
                    }
                    return BLOCKS;
                }));
            }
            DataInputStream in = new DataInputStream(pair.accepted().getInputStream());
            int[] blocks = new int[THREADS + 1];
            byte[] block = new byte[BLOCK_BYTES];
            for (int i = 0; i < THREADS * BLOCKS; i++) {
                in.readFully(block);
                for (byte each : block) {
                    assertEquals(block[0], each, "an array was torn");
                }
                blocks[block[0]]++;
            }
            for (int i = 0; i < THREADS; i++) {
                assertEquals(BLOCKS, writers.get(i).get());
                assertEquals(BLOCKS, blocks[i + 1]);
            }
        }
    }

    @Test
    void readers_manyAtOnce_eachByteOnce() throws Exception {
        int count = 256;
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            List<Background<BitSet>> readers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                readers.add(Background.start(() -> {
                    BitSet heard = new BitSet();
                    for (int octet = in.read(); octet >= 0; octet = in.read()) {
                        heard.set(octet);
                    }
                    return heard;
                }));
            }
            for (int i = 0; i < count; i++) {
                pair.accepted().getOutputStream().write(i);
            }
            pair.accepted().shutdownOutput();
            BitSet all = new BitSet();
            int total = 0;
            for (Background<BitSet> reader : readers) {
                BitSet heard = reader.get();
                total += heard.cardinality();
                all.or(heard);
            }
            assertEquals(count, total);
            assertEquals(count, all.cardinality());
        }
    }

    @Test
    void acceptors_manyAtOnce_eachConnectionOnce() throws Exception {
        int each = 10;
        try (ServerSocket server = world.listen()) {
            List<Background<Integer>> acceptors = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                acceptors.add(Background.start(() -> {
                    int sum = 0;
                    for (int count = 0; count < each; count++) {
                        try (Socket accepted = server.accept()) {
                            sum += accepted.getInputStream().read();
                        }
                    }
                    return sum;
                }));
            }
            int expected = 0;
            for (int i = 0; i < THREADS * each; i++) {
                try (Socket client = world.connect(server)) {
                    client.getOutputStream().write(i);
                    expected += i;
                    assertEquals(-1, client.getInputStream().read());
                }
            }
            int sum = 0;
            for (Background<Integer> acceptor : acceptors) {
                sum += acceptor.get();
            }
            assertEquals(expected, sum);
        }
    }

    @Test
    void close_manyReadersAndWriters_allReleased() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            OutputStream out = pair.client().getOutputStream();
            List<Background<Integer>> blocked = new ArrayList<>();
            blocked.add(Background.start(in::read).awaitBlocked());
            blocked.add(Background.<Integer>start(() -> {
                        while (true) {
                            out.write(new byte[1 << 16]);
                        }
                    })
                    .awaitBlocked());
            blocked.add(Background.start(in::read));
            blocked.add(Background.start(() -> {
                out.write(1);
                return in.read();
            }));
            pair.client().close();
            for (Background<Integer> each : blocked) {
                assertInstanceOf(SocketException.class, each.failure());
            }
        }
    }

    @Test
    void close_manyAcceptors_allReleased() throws Exception {
        ServerSocket server = world.listen();
        List<Background<Socket>> blocked = new ArrayList<>();
        blocked.add(Background.start(server::accept).awaitBlocked());
        for (int i = 1; i < THREADS; i++) {
            blocked.add(Background.start(server::accept));
        }
        server.close();
        for (Background<Socket> each : blocked) {
            assertInstanceOf(SocketException.class, each.failure());
        }
    }

    @Test
    void shutdownOutput_whileTheOtherThreadReads_readerGoesOn() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            Background<Integer> reader =
                    Background.start(pair.client().getInputStream()::read).awaitBlocked();
            pair.client().shutdownOutput();
            assertEquals(-1, pair.accepted().getInputStream().read());
            pair.accepted().getOutputStream().write(9);
            assertEquals(9, reader.get());
        }
    }
}
