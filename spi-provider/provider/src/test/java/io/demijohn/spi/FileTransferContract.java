package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@link FileChannel} promises of transfers to and from socket channels; run on the JDK's provider and on ours. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the folder in
abstract class FileTransferContract {
    private static final int COUNT = 2_000_003;

    /** What one turn of the JDK's loop for channels that it does not know takes from the heap. */
    private static final int HEAP_BUFFER_BYTES = 8_192;

    @TempDir
    Path folder;

    abstract SelectorProvider provider();

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("content"), content);
    }

    private static byte[] random(int count) {
        byte[] content = new byte[count];
        new Random(3).nextBytes(content);
        return content;
    }

    @Test
    void transferTo_fromAnyPosition_thoseBytesArrive() throws Exception {
        byte[] content = random(COUNT);
        try (ChannelPair pair = ChannelPair.open(provider());
                FileChannel file = FileChannel.open(file(content), StandardOpenOption.READ)) {
            for (int position : new int[] {0, 1, 4_095, 4_096, 100_000}) {
                int count = 300_001;
                Blocked<Integer> sender = Blocked.start(() -> send(file, position, count, pair.client()));
                byte[] received = read(pair.server(), count);
                assertEquals(count, sender.result());
                assertArrayEquals(Arrays.copyOfRange(content, position, position + count), received);
                assertEquals(0, file.position());
            }
        }
    }

    @Test
    void transferTo_beyondTheEndOrNothing_zero() throws Exception {
        byte[] content = random(10);
        try (ChannelPair pair = ChannelPair.open(provider());
                FileChannel file = FileChannel.open(file(content), StandardOpenOption.READ)) {
            assertEquals(0, file.transferTo(11, 5, pair.client()));
            assertEquals(0, file.transferTo(0, 0, pair.client()));
            assertEquals(4, file.transferTo(6, 100, pair.client()));
            assertArrayEquals(Arrays.copyOfRange(content, 6, 10), read(pair.server(), 4));
            assertThrows(IllegalArgumentException.class, () -> file.transferTo(-1, 1, pair.client()));
            assertThrows(IllegalArgumentException.class, () -> file.transferTo(0, -1, pair.client()));
        }
    }

    @Test
    void transferTo_channelThatCannot_refused() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider());
                SocketChannel unconnected = provider().openSocketChannel();
                FileChannel file = FileChannel.open(file(random(100_000)), StandardOpenOption.READ)) {
            Exception refused = assertThrows(Exception.class, () -> file.transferTo(0, 100_000, unconnected));
            assertTrue(
                    refused instanceof NotYetConnectedException || refused instanceof IOException); // as sendfile says
            assertTrue(unconnected.isOpen());
            pair.client().shutdownOutput();
            assertThrows(IOException.class, () -> file.transferTo(0, 100_000, pair.client()));
            pair.client().close();
            assertThrows(ClosedChannelException.class, () -> file.transferTo(0, 100_000, pair.client()));
            assertTrue(file.isOpen());
        }
    }

    @Test
    void transferTo_nonBlockingAndFull_transfersAPartThenZero() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider());
                FileChannel file = FileChannel.open(
                        folder.resolve("sparse"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            int size = 64 << 20;
            file.write(ByteBuffer.allocate(1), size - 1);
            pair.client().configureBlocking(false);
            long total = 0;
            long idleSinceNanos = System.nanoTime();
            while (System.nanoTime() - idleSinceNanos < 200_000_000L) {
                long count = file.transferTo(0, size, pair.client());
                total += count;
                idleSinceNanos = count > 0 ? System.nanoTime() : idleSinceNanos;
                Thread.onSpinWait();
            }
            assertTrue(total > 0 && total < 4L * size, "took " + total);
            assertEquals(total, read(pair.server(), (int) total).length);
        }
    }

    @Test
    void transferTo_anything_takesNoHeapBuffers() throws Exception {
        byte[] content = random(COUNT);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (ChannelPair pair = ChannelPair.open(provider());
                FileChannel file = FileChannel.open(file(content), StandardOpenOption.READ)) {
            long leastBytes = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                Blocked<byte[]> reader = Blocked.start(() -> read(pair.server(), COUNT));
                long before =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                assertEquals(COUNT, send(file, 0, COUNT, pair.client()));
                long took =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
                leastBytes = Math.min(leastBytes, took);
                assertArrayEquals(content, reader.result());
            }
            assertTrue(leastBytes < HEAP_BUFFER_BYTES, leastBytes + " bytes of heap for " + COUNT);
        }
    }

    @Test
    void transferFrom_blockingAndNonBlocking_bytesAreInTheFile() throws Exception {
        byte[] content = random(COUNT);
        try (ChannelPair pair = ChannelPair.open(provider());
                FileChannel file = FileChannel.open(
                        folder.resolve("received"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            Blocked<Integer> writer = Blocked.start(() -> pair.server().write(ByteBuffer.wrap(content)));
            long received = 0;
            while (received < COUNT / 2) {
                received += file.transferFrom(pair.client(), received, COUNT / 2 - received);
            }
            pair.client().configureBlocking(false);
            while (received < COUNT) {
                received += file.transferFrom(pair.client(), received, COUNT - received);
            }
            assertEquals(0, file.transferFrom(pair.client(), received, 10));
            assertEquals(COUNT, writer.result());
            assertArrayEquals(content, Files.readAllBytes(folder.resolve("received")));
        }
    }

    private static int send(FileChannel file, int position, int count, SocketChannel target) throws IOException {
        int sent = 0;
        while (sent < count) {
            sent += (int) file.transferTo(position + sent, count - sent, target);
        }
        return sent;
    }

    private static byte[] read(SocketChannel channel, int count) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(count);
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw new IOException("ended at " + target.position());
            }
        }
        return target.array();
    }
}
