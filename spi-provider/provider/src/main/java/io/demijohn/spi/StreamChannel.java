package io.demijohn.spi;

import io.demijohn.engine.Ready;
import io.demijohn.engine.Status;
import io.demijohn.engine.StreamHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The data path of a socket channel: reads and writes of an engine's stream, or of the kernel channel in its place.
 *
 * <p>Any thread; one reader and one writer at a time under the locks here. A thread that blocks is released by closing,
 * interrupt and shutdown as in the JDK's channel. Never touches the connection's state, which is the subclass's.
 */
abstract class StreamChannel extends SocketChannel {
    final ReentrantLock readLock = new ReentrantLock();
    final ReentrantLock writeLock = new ReentrantLock();

    /** The kernel channel once the route is the kernel. */
    volatile @Nullable SocketChannel delegate;

    /** The engine's stream once the route is an engine. */
    volatile @Nullable StreamHandle stream;

    volatile boolean inputShut;
    volatile boolean outputShut;

    /** Under the write lock. */
    private final BufferArrays.Gathering gathering = new BufferArrays.Gathering();

    StreamChannel(SelectorProvider provider) {
        super(provider);
    }

    /** Returns the stream, or throws if this channel is closed or not connected yet. */
    abstract StreamHandle connectedStream() throws ClosedChannelException;

    final void ensureOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw JdkErrors.closedChannel();
        }
    }

    /** Follows the kernel channel if it was closed beneath this one, as an interrupt does; returns what to throw. */
    final ClosedChannelException closedInKernel(ClosedChannelException thrown) throws IOException {
        SocketChannel inKernel = delegate;
        if (inKernel != null && !inKernel.isOpen()) {
            close();
        }
        return thrown;
    }

    // ---- input -----------------------------------------------------------------------------------------------------

    @Override
    public final int read(ByteBuffer target) throws IOException {
        Objects.requireNonNull(target);
        SocketChannel inKernel = delegate;
        if (inKernel != null) {
            ensureOpen();
            try {
                return inKernel.read(target);
            } catch (ClosedChannelException e) {
                throw closedInKernel(e);
            }
        }
        readLock.lock();
        try {
            StreamHandle in = connectedStream();
            checkWritable(target);
            boolean blocking = isBlocking();
            int count = 0;
            try {
                beginRead(blocking);
                if (target.hasRemaining()) {
                    count = in.read(target);
                    while (count == 0 && blocking && isOpen()) {
                        in.await(Ready.READ, Waits.ENDLESS_NANOS);
                        count = in.read(target);
                    }
                }
            } finally {
                endRead(blocking, count);
            }
            return readResult(count);
        } finally {
            readLock.unlock();
        }
    }

    @Override
    public final long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        SocketChannel inKernel = delegate;
        if (inKernel != null) {
            ensureOpen();
            try {
                return inKernel.read(targets, offset, length);
            } catch (ClosedChannelException e) {
                throw closedInKernel(e);
            }
        }
        readLock.lock();
        try {
            StreamHandle in = connectedStream();
            boolean room = false;
            for (int i = offset; i < offset + length; i++) {
                checkWritable(targets[i]);
                room |= targets[i].hasRemaining();
            }
            boolean blocking = isBlocking();
            long count = 0;
            try {
                beginRead(blocking);
                if (room) {
                    count = BufferArrays.scatter(in, targets, offset, length);
                    while (count == 0 && blocking && isOpen()) {
                        in.await(Ready.READ, Waits.ENDLESS_NANOS);
                        count = BufferArrays.scatter(in, targets, offset, length);
                    }
                }
            } finally {
                endRead(blocking, (int) Math.min(count, 1));
            }
            return count > 0 ? count : readResult((int) count);
        } finally {
            readLock.unlock();
        }
    }

    /** Reads for the adaptor; {@code timeoutMillis} 0 is endless. Bypassed only. */
    final int blockingRead(byte[] target, int offset, int length, int timeoutMillis) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        readLock.lock();
        try {
            StreamHandle in = connectedStream();
            ensureBlocking();
            int count = 0;
            try {
                beginRead(true);
                long timeoutNanos = Waits.nanos(timeoutMillis);
                long startNanos = timeoutMillis == 0 ? 0 : System.nanoTime();
                count = in.read(target, offset, length);
                while (count == 0 && isOpen()) {
                    long leftNanos = Waits.left(timeoutNanos, startNanos);
                    if (leftNanos <= 0) {
                        throw JdkErrors.readTimedOut();
                    }
                    in.await(Ready.READ, leftNanos);
                    count = in.read(target, offset, length);
                }
            } finally {
                endRead(true, count);
            }
            return readResult(count);
        } finally {
            readLock.unlock();
        }
    }

    private static void checkWritable(ByteBuffer target) {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
    }

    private void beginRead(boolean blocking) throws ClosedChannelException {
        if (blocking) {
            begin();
            ensureOpen();
        }
    }

    private void endRead(boolean blocking, int count) throws IOException {
        if (blocking) {
            // the end of the stream that closing here makes must not look like the peer's
            end(count > 0 || (count < 0 && isOpen()));
        }
    }

    private int readResult(int count) throws IOException {
        if (count > 0) {
            return count;
        }
        if (inputShut) {
            return StreamHandle.END;
        }
        if (count < StreamHandle.END) {
            throw count == Status.CLOSED ? JdkErrors.asynchronousClose() : JdkErrors.read(count);
        }
        return count;
    }

    // ---- output ----------------------------------------------------------------------------------------------------

    @Override
    public final int write(ByteBuffer source) throws IOException {
        Objects.requireNonNull(source);
        SocketChannel inKernel = delegate;
        if (inKernel != null) {
            ensureOpen();
            try {
                return inKernel.write(source);
            } catch (ClosedChannelException e) {
                throw closedInKernel(e);
            }
        }
        writeLock.lock();
        try {
            StreamHandle out = connectedStream();
            boolean blocking = isBlocking();
            int total = 0;
            int count = 0;
            try {
                beginWrite(blocking);
                while (source.hasRemaining()) {
                    count = out.write(source);
                    total += Math.max(count, 0);
                    if (count < 0 || !blocking || !source.hasRemaining() || !isOpen()) {
                        break;
                    }
                    if (count == 0) {
                        out.await(Ready.WRITE, Waits.ENDLESS_NANOS);
                    }
                }
            } finally {
                endWrite(blocking, total > 0 || (count < 0 && isOpen()));
            }
            return (int) writeResult(total, count);
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public final long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        SocketChannel inKernel = delegate;
        if (inKernel != null) {
            ensureOpen();
            try {
                return inKernel.write(sources, offset, length);
            } catch (ClosedChannelException e) {
                throw closedInKernel(e);
            }
        }
        writeLock.lock();
        try {
            StreamHandle out = connectedStream();
            boolean blocking = isBlocking();
            long total = 0;
            int count = 0;
            try {
                beginWrite(blocking);
                int next = BufferArrays.firstRemaining(sources, offset, offset + length);
                while (next < offset + length) {
                    count = gathering.write(out, sources, next, offset + length);
                    total += Math.max(count, 0);
                    if (count < 0 || (count == 0 && !blocking) || !isOpen()) {
                        break;
                    }
                    if (count == 0) {
                        out.await(Ready.WRITE, Waits.ENDLESS_NANOS);
                    }
                    next = BufferArrays.firstRemaining(sources, next, offset + length);
                }
            } finally {
                endWrite(blocking, total > 0 || (count < 0 && isOpen()));
            }
            return writeResult(total, count);
        } finally {
            writeLock.unlock();
        }
    }

    /** Sends one byte of urgent data for the adaptor; returns 0 if there is no room in non-blocking mode. Bypassed only. */
    final int writeUrgent(int octet) throws IOException {
        writeLock.lock();
        try {
            StreamHandle out = connectedStream();
            boolean blocking = isBlocking();
            int count = 0;
            try {
                beginWrite(blocking);
                count = out.writeUrgent(octet);
                while (count == 0 && blocking && isOpen()) {
                    out.await(Ready.WRITE, Waits.ENDLESS_NANOS);
                    count = out.writeUrgent(octet);
                }
            } finally {
                endWrite(blocking, count > 0 || (count < 0 && isOpen()));
            }
            return (int) writeResult(Math.max(count, 0), count);
        } finally {
            writeLock.unlock();
        }
    }

    /** Writes everything for the adaptor. Bypassed only. */
    final void blockingWriteFully(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (length == 0) {
            return;
        }
        writeLock.lock();
        try {
            StreamHandle out = connectedStream();
            ensureBlocking();
            int total = 0;
            int count = 0;
            try {
                beginWrite(true);
                while (total < length && count >= 0 && isOpen()) {
                    count = out.write(source, offset + total, length - total);
                    total += Math.max(count, 0);
                    if (count == 0) {
                        out.await(Ready.WRITE, Waits.ENDLESS_NANOS);
                    }
                }
            } finally {
                endWrite(true, total >= length || (count < 0 && isOpen()));
            }
            writeResult(count < 0 ? 0 : total, count);
        } finally {
            writeLock.unlock();
        }
    }

    private void beginWrite(boolean blocking) throws ClosedChannelException {
        if (blocking) {
            begin();
            ensureOpen();
            if (outputShut) {
                throw JdkErrors.closedChannel();
            }
        }
    }

    private void endWrite(boolean blocking, boolean completed) throws IOException {
        if (blocking) {
            end(completed);
        }
    }

    private long writeResult(long total, int count) throws IOException {
        if (total > 0) {
            return total;
        }
        if (outputShut || count == Status.CLOSED) {
            throw JdkErrors.asynchronousClose();
        }
        if (count < 0) {
            throw JdkErrors.channelWrite(count);
        }
        return total;
    }

    /** Throws what the JDK's streams throw over a channel that does not block. */
    final void ensureBlocking() {
        if (!isBlocking()) {
            throw JdkErrors.illegalBlockingMode();
        }
    }

    // ---- both ------------------------------------------------------------------------------------------------------

    /** Waits until reads and writes of other threads are over; none begins once this channel is closed. */
    final void awaitIo() {
        lockBoth();
        unlockBoth();
    }

    final void lockBoth() {
        readLock.lock();
        writeLock.lock();
    }

    final void unlockBoth() {
        writeLock.unlock();
        readLock.unlock();
    }
}
