package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** java.net's sockets on virtual threads; run on the JDK as it is and on ours, where there are virtual threads. */
abstract class SocketVirtualContract extends SocketContract {
    private static final int CONNECTS_MAX = 64;

    @BeforeEach
    void needsVirtualThreads() {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads are of JDK 21 and later");
    }

    @Test
    void read_blocked_getsTheByte() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            VirtualThread<Integer> reader =
                    VirtualThread.<Integer>start(in::read).awaitParked();
            pair.accepted().getOutputStream().write(42);
            assertEquals(42, reader.get());
        }
    }

    @Test
    void write_blocked_goesOnWhenThePeerReads() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            byte[] block = new byte[8 << 20];
            VirtualThread<Integer> writer = VirtualThread.start(() -> {
                        pair.client().getOutputStream().write(block);
                        return block.length;
                    })
                    .awaitParked();
            assertEquals(block.length, pair.accepted().getInputStream().readNBytes(block.length).length);
            assertEquals(block.length, writer.get());
        }
    }

    @Test
    void accept_blocked_getsTheConnection() throws Exception {
        try (ServerSocket server = world.listen()) {
            VirtualThread<Socket> acceptor = VirtualThread.start(server::accept).awaitParked();
            try (Socket client = world.connect(server);
                    Socket accepted = acceptor.get()) {
                assertEquals(client.getLocalPort(), accepted.getPort());
            }
        }
    }

    @Test
    void readAndAccept_timeoutPasses_timeOut() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().setSoTimeout(40);
            pair.server().setSoTimeout(40);
            InputStream in = pair.client().getInputStream();
            assertEquals(
                    "Read timed out",
                    assertInstanceOf(
                                    SocketTimeoutException.class,
                                    VirtualThread.start(in::read).failure())
                            .getMessage());
            assertEquals(
                    "Accept timed out",
                    assertInstanceOf(
                                    SocketTimeoutException.class,
                                    VirtualThread.start(pair.server()::accept).failure())
                            .getMessage());
            assertFalse(pair.client().isClosed());
        }
    }

    @Test
    void close_whileReading_socketClosed() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            VirtualThread<Integer> reader =
                    VirtualThread.<Integer>start(in::read).awaitParked();
            pair.client().close();
            assertEquals(
                    "java.net.SocketException: Socket closed", reader.failure().toString());
        }
    }

    @Test
    void close_whileWriting_socketClosed() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            VirtualThread<Integer> writer = writing(pair.client()).awaitParked();
            pair.client().close();
            assertEquals(
                    "java.net.SocketException: Socket closed", writer.failure().toString());
        }
    }

    @Test
    void close_whileAccepting_socketClosed() throws Exception {
        ServerSocket server = world.listen();
        VirtualThread<Socket> acceptor = VirtualThread.start(server::accept).awaitParked();
        server.close();
        assertEquals(
                "java.net.SocketException: Socket closed", acceptor.failure().toString());
    }

    @Test
    void interrupt_whileReading_closedByInterruptAndStatusKept() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            assertTrue(VirtualThread.start(() -> statusAfterInterrupt(in::read))
                    .awaitParked()
                    .interrupt()
                    .get());
            assertTrue(pair.client().isClosed());
            assertEquals(-1, pair.accepted().getInputStream().read());
        }
    }

    @Test
    void interrupt_whileWriting_closedByInterruptAndStatusKept() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            OutputStream out = pair.client().getOutputStream();
            assertTrue(VirtualThread.start(() -> statusAfterInterrupt(() -> {
                        while (true) {
                            out.write(new byte[1 << 20]);
                        }
                    }))
                    .awaitParked()
                    .interrupt()
                    .get());
            assertTrue(pair.client().isClosed());
        }
    }

    @Test
    void interrupt_whileAccepting_closedByInterruptAndStatusKept() throws Exception {
        ServerSocket server = world.listen();
        assertTrue(VirtualThread.start(() -> statusAfterInterrupt(server::accept))
                .awaitParked()
                .interrupt()
                .get());
        assertTrue(server.isClosed());
    }

    @Test
    void interrupt_whileConnecting_closedByInterruptAndStatusKept() throws Exception {
        List<Socket> connected = new ArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 1, world.listenAddress())) {
            for (int i = 0; i < 3; i++) { // a listener of ours takes one more from the kernel when it comes to it
                fill(server, connected);
            }
            Socket socket = new Socket();
            assertTrue(VirtualThread.start(() -> statusAfterInterrupt(() -> {
                        socket.connect(world.addressOf(server));
                        return 0;
                    }))
                    .awaitParked()
                    .interrupt()
                    .get());
            assertTrue(socket.isClosed());
        } finally {
            for (Socket each : connected) {
                each.close();
            }
        }
    }

    @Test
    void interruptedBefore_bytesThere_areRead() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            pair.accepted().getOutputStream().write(new byte[] {1, 2});
            assertEquals(1, in.read()); // the other is there as well
            assertTrue(VirtualThread.start(() -> {
                        Thread.currentThread().interrupt();
                        assertEquals(2, in.read());
                        return Thread.currentThread().isInterrupted();
                    })
                    .get());
            assertFalse(pair.client().isClosed());
        }
    }

    @Test
    void interruptedBefore_nothingThere_closedByInterrupt() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            assertTrue(VirtualThread.start(() -> {
                        Thread.currentThread().interrupt();
                        return statusAfterInterrupt(in::read);
                    })
                    .get());
            assertTrue(pair.client().isClosed());
        }
    }

    private static VirtualThread<Integer> writing(Socket socket) throws Exception {
        OutputStream out = socket.getOutputStream();
        return VirtualThread.start(() -> {
            while (true) {
                out.write(new byte[1 << 20]);
            }
        });
    }

    private void fill(ServerSocket server, List<Socket> connected) throws IOException {
        for (int i = 0; i < CONNECTS_MAX; i++) {
            Socket socket = new Socket();
            try {
                socket.connect(world.addressOf(server), 100);
            } catch (SocketTimeoutException e) {
                return;
            }
            connected.add(socket);
        }
    }

    /** Runs what an interrupt is to end, and returns the interrupt status behind it. */
    private static boolean statusAfterInterrupt(Interruptible operation) throws Exception {
        try {
            throw new AssertionError("returned " + operation.run());
        } catch (SocketException e) {
            assertEquals("Closed by interrupt", e.getMessage());
            return Thread.currentThread().isInterrupted();
        }
    }

    /** What blocks. */
    private interface Interruptible {
        Object run() throws IOException;
    }
}
