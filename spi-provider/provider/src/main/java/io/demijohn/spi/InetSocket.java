package io.demijohn.spi;

import io.demijohn.engine.Ready;
import io.demijohn.engine.Status;
import io.demijohn.engine.StreamHandle;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connected bypassed socket with the blocking semantics of java.net: timeouts, sticky end of stream, close from any
 * thread.
 *
 * <p>Owned by one {@link DemijohnSocketImpl}. Any thread; readers and writers each take turns under a lock of their own,
 * which closing never needs.
 */
final class InetSocket {
    private final StreamHandle stream;
    private final ReentrantLock readLock = new ReentrantLock();
    private final ReentrantLock writeLock = new ReentrantLock();

    /** Whether a read reached the end of the stream: reads say so even after a close. Under the read lock. */
    private boolean ended;

    private volatile boolean inputShut;

    /** Whether a close began: whatever ends from then on ends as closed. */
    private volatile boolean closing;

    InetSocket(StreamHandle stream) {
        this.stream = stream;
    }

    StreamHandle stream() {
        return stream;
    }

    /**
     * Waits until the connect ended well.
     *
     * @param timeoutMillis 0 for none but the stack's own
     */
    void awaitConnected(int timeoutMillis) throws IOException {
        int bits = Waits.await(stream, Ready.CONNECT, Waits.nanos(timeoutMillis));
        if (bits == 0) {
            throw JdkErrors.connectTimedOut();
        }
        if (bits == Ready.INTERRUPTED) {
            throw JdkErrors.closedByInterrupt();
        }
        if ((bits & Ready.CLOSED) != 0) {
            throw JdkErrors.socketClosed();
        }
        int status = stream.connectStatus();
        if (status <= 0) {
            throw JdkErrors.connect(status);
        }
    }

    /**
     * Reads what is there, or waits for it.
     *
     * @param timeoutMillis for the lock and the bytes together; 0 for none
     * @return the count, or -1 at the end of the stream
     */
    int read(byte[] target, int offset, int length, int timeoutMillis) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        long timeoutNanos = Waits.lock(readLock, Waits.nanos(timeoutMillis));
        if (timeoutNanos <= 0) {
            throw JdkErrors.readTimedOut();
        }
        try {
            return ended ? StreamHandle.END : readLocked(target, offset, length, timeoutNanos);
        } finally {
            readLock.unlock();
        }
    }

    private int readLocked(byte[] target, int offset, int length, long timeoutNanos) throws IOException {
        int count = stream.read(target, offset, length);
        if (count == 0) {
            long startNanos = System.nanoTime();
            do {
                int bits = Waits.await(stream, Ready.READ, Waits.left(timeoutNanos, startNanos));
                if (bits == Ready.INTERRUPTED) {
                    throw JdkErrors.interrupted();
                }
                count = stream.read(target, offset, length);
                if (count == 0 && bits == 0) {
                    throw JdkErrors.readTimedOut();
                }
            } while (count == 0);
        }
        if (count < 0) {
            return endOfRead(count);
        }
        return count;
    }

    private int endOfRead(int status) throws IOException {
        if (closing) {
            throw JdkErrors.socketClosed();
        }
        if (status != StreamHandle.END) {
            throw JdkErrors.read(status);
        }
        ended = true;
        return StreamHandle.END;
    }

    /** Sends one byte of urgent data, waiting for room. */
    void writeUrgent(int octet) throws IOException {
        writeLock.lock();
        try {
            int count = stream.writeUrgent(octet);
            while (count == 0) {
                if (Waits.await(stream, Ready.WRITE, Waits.ENDLESS_NANOS) == Ready.INTERRUPTED) {
                    throw JdkErrors.interrupted();
                }
                count = stream.writeUrgent(octet);
            }
            if (count < 0) {
                throw closing ? JdkErrors.socketClosed() : JdkErrors.channelWrite(count); // plain, as the JDK's
            }
        } finally {
            writeLock.unlock();
        }
    }

    /** Writes everything, waiting for room. */
    void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (length == 0) {
            return;
        }
        writeLock.lock();
        try {
            int written = 0;
            while (written < length) {
                int count = stream.write(source, offset + written, length - written);
                if (count < 0) {
                    throw closing ? JdkErrors.socketClosed() : JdkErrors.write(count);
                }
                written += count;
                if (count == 0 && Waits.await(stream, Ready.WRITE, Waits.ENDLESS_NANOS) == Ready.INTERRUPTED) {
                    throw JdkErrors.interrupted();
                }
            }
        } finally {
            writeLock.unlock();
        }
    }

    int available() throws IOException {
        if ((stream.ready() & Ready.CLOSED) != 0) {
            throw JdkErrors.read(Status.CLOSED);
        }
        return inputShut ? 0 : stream.availableBytes();
    }

    void shutdownInput() {
        inputShut = true;
        stream.shutdownInput();
    }

    void shutdownOutput() {
        stream.shutdownOutput();
    }

    /**
     * Closes; idempotent, wakes every reader and writer.
     *
     * @param lingerSeconds negative: what was written is delivered in the background; 0: reset; else wait so long for it
     */
    void close(int lingerSeconds) {
        closing = true;
        if (lingerSeconds != 0 && stream.connectStatus() > 0) {
            stream.shutdownOutput(); // as the JDK does: a peer reads to the end even if unread input makes the close
            // reset
        }
        if (lingerSeconds < 0) {
            stream.close();
        } else {
            stream.closeLingering(lingerSeconds);
        }
    }
}
