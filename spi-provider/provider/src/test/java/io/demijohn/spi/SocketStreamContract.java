package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The bytes of java.net's sockets; run on the JDK as it is and on ours. */
abstract class SocketStreamContract extends SocketContract {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final int LARGE_BYTES = 8 << 20;

    @Test
    void echo_bytesSent_comeBack() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().getOutputStream().write(HELLO);
            byte[] heard = pair.accepted().getInputStream().readNBytes(HELLO.length);
            pair.accepted().getOutputStream().write(heard);
            assertArrayEquals(HELLO, pair.client().getInputStream().readNBytes(HELLO.length));
        }
    }

    @Test
    void transfer_largeBothWaysAtOnce_streamsEqual() throws Exception {
        byte[] there = random(1);
        byte[] back = random(2);
        try (SocketPair pair = SocketPair.open(world)) {
            Background<Integer> clientWrites = write(pair.client(), there);
            Background<Integer> serverWrites = write(pair.accepted(), back);
            Background<byte[]> serverReads =
                    Background.start(() -> pair.accepted().getInputStream().readNBytes(LARGE_BYTES));
            assertArrayEquals(back, pair.client().getInputStream().readNBytes(LARGE_BYTES));
            assertArrayEquals(there, serverReads.get());
            assertEquals(LARGE_BYTES, clientWrites.get());
            assertEquals(LARGE_BYTES, serverWrites.get());
        }
    }

    @Test
    void write_thenClose_peerReadsAllThenEnd() throws Exception {
        byte[] sent = random(3);
        try (SocketPair pair = SocketPair.open(world)) {
            Background<Integer> writer = Background.start(() -> {
                pair.client().getOutputStream().write(sent);
                pair.client().close();
                return 0;
            });
            assertArrayEquals(sent, pair.accepted().getInputStream().readAllBytes());
            assertEquals(0, writer.get());
        }
    }

    @Test
    void read_boundsWrongOrLengthZero_asContract() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            OutputStream out = pair.client().getOutputStream();
            assertThrows(IndexOutOfBoundsException.class, () -> in.read(new byte[2], 1, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> out.write(new byte[2], -1, 2));
            assertEquals(0, in.read(new byte[2], 1, 0));
            out.write(new byte[0]);
        }
    }

    @Test
    void available_bytesArrived_countsThem() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.accepted().getInputStream();
            assertEquals(0, in.available());
            pair.client().getOutputStream().write(HELLO);
            assertEquals('h', in.read());
            assertEquals(HELLO.length - 1, in.available());
            assertEquals(2, in.skip(2));
            assertEquals(HELLO.length - 3, in.available());
            pair.accepted().shutdownInput();
            assertEquals(0, in.available());
        }
    }

    @Test
    void read_timeoutPasses_throwsAndStreamGoesOn() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().setSoTimeout(50);
            InputStream in = pair.client().getInputStream();
            long startNanos = System.nanoTime();
            SocketTimeoutException late = assertThrows(SocketTimeoutException.class, in::read);
            assertEquals("Read timed out", late.getMessage());
            assertTrue(System.nanoTime() - startNanos >= 45_000_000, "waited");
            pair.accepted().getOutputStream().write(HELLO);
            assertArrayEquals(HELLO, in.readNBytes(HELLO.length));
        }
    }

    @Test
    void read_timeoutWhileAnotherReads_boundsTheLockToo() throws Exception {
        assumeTrue(world.bypasses() || Runtime.version().feature() >= 21, "the JDK does so only in later releases");
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            Background<Integer> first = Background.start(in::read).awaitBlocked();
            pair.client().setSoTimeout(50);
            assertThrows(SocketTimeoutException.class, in::read);
            pair.accepted().getOutputStream().write(7);
            assertEquals(7, first.get());
        }
    }

    @Test
    void shutdownOutput_peer_readsEndAndMayStillWrite() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().getOutputStream().write(HELLO);
            pair.client().shutdownOutput();
            assertArrayEquals(HELLO, pair.accepted().getInputStream().readAllBytes());
            pair.accepted().getOutputStream().write(HELLO);
            pair.accepted().shutdownOutput();
            assertArrayEquals(HELLO, pair.client().getInputStream().readAllBytes());
            assertTrue(pair.client().isOutputShutdown());
            assertFalse(pair.client().isInputShutdown());
        }
    }

    @Test
    void shutdownOutput_thenWrite_brokenPipe() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            OutputStream out = pair.client().getOutputStream();
            pair.client().shutdownOutput();
            SocketException broken = assertThrows(SocketException.class, () -> out.write(1));
            assertEquals("Broken pipe", broken.getMessage());
        }
    }

    @Test
    @Tag("proves:half-close")
    void shutdownInput_blockedReader_readsEnd() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            Background<Integer> reader = Background.start(in::read).awaitBlocked();
            pair.client().shutdownInput();
            assertEquals(-1, reader.get());
            assertEquals(-1, in.read());
        }
    }

    @Test
    void read_afterEnd_staysEndEvenWhenClosed() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.accepted().close();
            InputStream in = pair.client().getInputStream();
            assertEquals(-1, in.read());
            assertEquals(-1, in.read(new byte[3]));
            pair.client().close();
            assertEquals(-1, in.read());
        }
    }

    @Test
    void addresses_connected_nameBothEnds() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InetAddress loopback = world.loopback();
            Socket client = pair.client();
            assertEquals(
                    new InetSocketAddress(loopback, pair.server().getLocalPort()), client.getRemoteSocketAddress());
            assertEquals(loopback, client.getLocalAddress());
            assertEquals(client.getLocalSocketAddress(), pair.accepted().getRemoteSocketAddress());
            assertEquals(client.getRemoteSocketAddress(), pair.accepted().getLocalSocketAddress());
            assertEquals(pair.server().getLocalPort(), pair.accepted().getLocalPort());
            assertEquals(
                    "Socket[addr=/" + loopback.getHostAddress() + ",port=" + client.getPort() + ",localport="
                            + client.getLocalPort() + "]",
                    client.toString().replace("localhost", ""));
        }
    }

    private static Background<Integer> write(Socket socket, byte[] bytes) {
        return Background.start(() -> {
            socket.getOutputStream().write(bytes);
            return bytes.length;
        });
    }

    private static byte[] random(int seed) {
        byte[] bytes = new byte[LARGE_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
