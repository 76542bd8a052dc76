package io.demijohn.linux.bulk;

import io.demijohn.engine.ListenerHandle;
import io.demijohn.engine.Ready;
import io.demijohn.engine.StreamHandle;
import io.demijohn.sim.Pattern;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One connection between the kernel's TCP and ours over a {@link TapRig}, and bytes over it, each compared on arrival. */
final class BulkTransfer {
    private static final int PIECE_BYTES = 65_536;
    private static final long PATIENCE_SECONDS = 120;
    private static final Pattern UP = new Pattern(11);
    private static final Pattern DOWN = new Pattern(12);

    private BulkTransfer() {}

    /**
     * Lets the kernel send {@code bytesUp} to us and us {@code bytesDown} to the kernel, at once, and each end close; returns
     * the nanoseconds from the first byte to the last.
     *
     * @throws IOException if a byte is wrong or missing
     */
    static long run(TapRig rig, String address, long bytesUp, long bytesDown) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(4, task -> {
            Thread thread = new Thread(task, "bulk");
            thread.setDaemon(true);
            return thread;
        });
        ListenerHandle listener = rig.listen(address);
        try (SocketChannel kernel =
                rig.connect(new InetSocketAddress(address, listener.local().getPort()))) {
            StreamHandle ours = accept(listener);
            long startNanos = System.nanoTime();
            List<Future<?>> parts = new ArrayList<>();
            parts.add(threads.submit(task(() -> kernelSends(kernel, bytesUp))));
            parts.add(threads.submit(task(() -> oursReceives(ours, bytesUp))));
            parts.add(threads.submit(task(() -> oursSends(ours, bytesDown))));
            parts.add(threads.submit(task(() -> kernelReceives(kernel, bytesDown))));
            for (Future<?> part : parts) {
                await(part);
            }
            long nanos = System.nanoTime() - startNanos;
            ours.close();
            return nanos;
        } finally {
            listener.close();
            threads.shutdownNow();
        }
    }

    private static StreamHandle accept(ListenerHandle listener) throws IOException {
        StreamHandle stream = listener.accept();
        while (stream == null) {
            if ((listener.await(Ready.ACCEPT, Long.MAX_VALUE) & Ready.ACCEPT) == 0) {
                throw new IOException("accept failed");
            }
            stream = listener.accept();
        }
        return stream;
    }

    private static void kernelSends(SocketChannel channel, long bytes) throws IOException {
        for (long position = 0; position < bytes; ) {
            int length = (int) Math.min(PIECE_BYTES, bytes - position);
            position += channel.write(ByteBuffer.wrap(UP.array(), UP.offset(position), length));
        }
        channel.shutdownOutput();
    }

    private static void kernelReceives(SocketChannel channel, long bytes) throws IOException {
        byte[] got = new byte[PIECE_BYTES];
        long position = 0;
        for (int count = channel.read(ByteBuffer.wrap(got)); count >= 0; ) {
            check(DOWN, position, got, count);
            position += count;
            count = channel.read(ByteBuffer.wrap(got));
        }
        require(position == bytes, "the kernel received " + position + " of " + bytes + " bytes");
    }

    private static void oursSends(StreamHandle stream, long bytes) throws IOException {
        for (long position = 0; position < bytes; ) {
            int length = (int) Math.min(PIECE_BYTES, bytes - position);
            int count = stream.write(DOWN.array(), DOWN.offset(position), length);
            require(count >= 0, "write: status " + count);
            position += count;
            if (count == 0) {
                stream.await(Ready.WRITE, Long.MAX_VALUE);
            }
        }
        stream.shutdownOutput();
    }

    private static void oursReceives(StreamHandle stream, long bytes) throws IOException {
        byte[] got = new byte[PIECE_BYTES];
        long position = 0;
        for (int count = stream.read(got, 0, got.length); count != StreamHandle.END; ) {
            require(count >= 0, "read: status " + count);
            check(UP, position, got, count);
            position += count;
            if (count == 0) {
                stream.await(Ready.READ, Long.MAX_VALUE);
            }
            count = stream.read(got, 0, got.length);
        }
        require(position == bytes, "we received " + position + " of " + bytes + " bytes");
    }

    private static void check(Pattern content, long position, byte[] got, int count) throws IOException {
        int wrong = content.mismatch(position, got, 0, count);
        require(wrong < 0, "byte " + (position + wrong) + " is wrong");
    }

    private static void require(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException(otherwise);
        }
    }

    private static void await(Future<?> part) throws IOException, InterruptedException {
        try {
            part.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("not done after " + PATIENCE_SECONDS + " s", e);
        }
    }

    private static Callable<Boolean> task(Part part) {
        return () -> {
            part.run();
            return true;
        };
    }

    /** What one thread does. */
    private interface Part {
        void run() throws IOException;
    }
}
