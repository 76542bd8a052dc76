package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How java.net's sockets end: closed, reset, interrupted; run on the JDK as it is and on ours. */
abstract class SocketCloseContract extends SocketContract {
    @Test
    void close_whileReading_readerThrowsSocketClosed() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            Background<Integer> reader = Background.start(in::read).awaitBlocked();
            pair.client().close();
            assertClosed(reader.failure());
            assertClosed(assertThrows(SocketException.class, in::read));
        }
    }

    @Test
    void close_whileWriting_writerThrowsSocketClosed() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            OutputStream out = pair.client().getOutputStream();
            Background<Integer> writer = Background.<Integer>start(() -> {
                        while (true) {
                            out.write(new byte[1 << 16]);
                        }
                    })
                    .awaitBlocked();
            pair.client().close();
            assertClosed(writer.failure());
            assertClosed(assertThrows(SocketException.class, () -> out.write(1)));
        }
    }

    @Test
    void close_whileAccepting_acceptThrowsSocketClosed() throws Exception {
        ServerSocket server = world.listen();
        Background<Socket> acceptor = Background.start(server::accept).awaitBlocked();
        server.close();
        Throwable failure = acceptor.failure();
        assertInstanceOf(SocketException.class, failure);
        assertTrue(failure.toString().endsWith("closed"), failure.toString()); // "is" if it was not inside yet
    }

    @Test
    void close_streamClosed_closesTheSocket() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().getInputStream().close();
            assertTrue(pair.client().isClosed());
            assertEquals(-1, pair.accepted().getInputStream().read());
            pair.accepted().getOutputStream().close();
            assertTrue(pair.accepted().isClosed());
        }
    }

    @Test
    @Tag("proves:linger-zero")
    void close_lingerZero_peerReadsConnectionReset() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().setSoLinger(true, 0);
            pair.client().close();
            InputStream in = pair.accepted().getInputStream();
            assertEquals(
                    "Connection reset",
                    assertThrows(SocketException.class, in::read).getMessage());
            assertEquals(
                    "Connection reset",
                    assertThrows(SocketException.class, in::read).getMessage());
        }
    }

    @Test
    void close_lingerLong_returnsOnceDelivered() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            byte[] sent = new byte[100_000];
            pair.client().setSoLinger(true, 20);
            pair.client().getOutputStream().write(sent);
            Background<Integer> reader =
                    Background.start(() -> pair.accepted().getInputStream().readAllBytes().length);
            pair.client().close();
            assertEquals(sent.length, reader.get());
        }
    }

    @Test
    void close_unreadInput_peerReadsTheEnd() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().getOutputStream().write(new byte[10]);
            assertEquals(0, pair.accepted().getInputStream().read());
            pair.accepted().close();
            assertEquals(-1, pair.client().getInputStream().read());
        }
    }

    @Test
    void write_afterReset_throwsSocketException() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().setSoLinger(true, 0);
            pair.client().close();
            InputStream in = pair.accepted().getInputStream();
            assertThrows(SocketException.class, in::read);
            OutputStream out = pair.accepted().getOutputStream();
            assertEquals(
                    "Broken pipe",
                    assertThrows(SocketException.class, () -> out.write(1)).getMessage());
        }
    }

    @Test
    void close_twiceOrNeverConnected_quiet() throws Exception {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.close();
        socket.close();
        assertEquals(
                "Socket is closed",
                assertThrows(SocketException.class, socket::getTcpNoDelay).getMessage());
        new ServerSocket().close();
        new Socket().close();
    }

    @Test
    void interrupt_platformReader_goesOnReadingAndKeepsTheStatus() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.client().getInputStream();
            CountDownLatch timedOut = new CountDownLatch(1);
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            Background<Boolean> reader = Background.start(() -> {
                Thread.currentThread().interrupt();
                pair.client().setSoTimeout(300);
                long busyBeforeNanos = threads.getCurrentThreadCpuTime();
                assertThrows(SocketTimeoutException.class, in::read);
                long busyNanos = threads.getCurrentThreadCpuTime() - busyBeforeNanos;
                assertTrue(busyNanos < 150_000_000, "spun " + busyNanos);
                pair.client().setSoTimeout(0);
                timedOut.countDown();
                assertEquals(5, in.read());
                return Thread.currentThread().isInterrupted();
            });
            reader.awaitBlocked().thread().interrupt();
            timedOut.await();
            pair.accepted().getOutputStream().write(5);
            assertTrue(reader.get());
        }
    }

    @Test
    void virtualThreads_manyBlockedPairs_allEcho() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads are of JDK 21 and later");
        int count = 100;
        ServerSocket server = world.listen();
        ExecutorService executor = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        try (server) {
            executor.execute(new FutureTask<>(() -> acceptAndEcho(server, executor, count)));
            FutureTask<?>[] clients = new FutureTask<?>[count];
            for (int i = 0; i < count; i++) {
                int number = i;
                clients[i] = new FutureTask<>(() -> echoOnce(server, number));
                executor.execute(clients[i]);
            }
            for (int i = 0; i < count; i++) {
                assertEquals(i, clients[i].get(30, TimeUnit.SECONDS));
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static Object acceptAndEcho(ServerSocket server, ExecutorService executor, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket accepted = server.accept();
            executor.execute(new FutureTask<>(() -> {
                try (accepted) {
                    return accepted.getInputStream().transferTo(accepted.getOutputStream());
                }
            }));
        }
        return count;
    }

    private int echoOnce(ServerSocket server, int number) throws IOException {
        try (Socket socket = world.connect(server)) {
            socket.getOutputStream().write(number);
            int heard = socket.getInputStream().read();
            socket.shutdownOutput();
            assertEquals(-1, socket.getInputStream().read());
            return heard;
        }
    }

    private static void assertClosed(Throwable failure) {
        assertEquals("java.net.SocketException: Socket closed", failure.toString());
    }
}
