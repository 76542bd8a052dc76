package io.demijohn.spi;

import io.demijohn.engine.Ready;
import io.demijohn.engine.Registration;
import io.demijohn.engine.Status;
import io.demijohn.engine.StreamHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The data path of one bypassed asynchronous socket channel: connecting, reading and writing on its stream.
 *
 * <p>Owned by one {@link BypassAsyncSocketChannel}. Any thread; each lane has one operation at a time, and whoever runs it is
 * the stream's only reader or writer.
 */
final class AsyncStream {
    private final BypassAsyncSocketChannel channel;
    private final StreamHandle stream;
    private final Connecting connecting;
    private final Reading reading;
    private final Writing writing;

    AsyncStream(BypassAsyncSocketChannel channel, StreamHandle stream, AsyncGroup group) {
        this.channel = channel;
        this.stream = stream;
        this.connecting = new Connecting(group);
        this.reading = new Reading(group);
        this.writing = new Writing(group);
    }

    StreamHandle handle() {
        return stream;
    }

    AsyncLane<Void> connecting() {
        return connecting;
    }

    /** The lane of reads, whose results are an Integer for one buffer and a Long for several. */
    AsyncLane<Number> reading() {
        return reading;
    }

    /** The lane of writes, whose results are an Integer for one buffer and a Long for several. */
    AsyncLane<Number> writing() {
        return writing;
    }

    /** Closes the stream and ends what waits. */
    void close() {
        stream.close();
        connecting.forget();
        reading.forget();
        writing.forget();
    }

    /** A lane whose readiness are bits of the stream. */
    private abstract class StreamLane<V> extends AsyncLane<V> {
        private final int bits;
        private volatile @Nullable Registration registration;

        StreamLane(AsyncGroup group, int bits) {
            super(group);
            this.bits = bits | Ready.ERROR | Ready.CLOSED;
        }

        @Override
        final void watch(boolean on) {
            Registration member = registration;
            if (member == null) {
                if (!on) {
                    return;
                }
                member = stream.register(group.set(), this);
                registration = member;
            }
            member.setInterest(on ? bits : 0);
        }

        @Override
        final boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        final void closeChannel() {
            channel.close();
        }

        final void forget() {
            abandon();
            Registration member = registration;
            if (member != null) {
                member.cancel();
            }
        }
    }

    private final class Connecting extends StreamLane<Void> {
        Connecting(AsyncGroup group) {
            super(group, Ready.CONNECT);
        }

        @Override
        @Nullable
        Object attempt(@Nullable ByteBuffer one, ByteBuffer @Nullable [] many) throws IOException {
            int status = stream.connectStatus();
            if (!channel.isOpen()) {
                throw JdkErrors.asynchronousClose();
            }
            if (status == 0) {
                return null;
            }
            if (status < 0) {
                channel.close();
                throw JdkErrors.connect(status);
            }
            channel.connected(stream);
            return DONE;
        }

        @Override
        RuntimeException pendingException() {
            return JdkErrors.connectionPending();
        }

        @Override
        RuntimeException killedException() {
            return JdkErrors.connectionPending();
        }

        /** The connection may come about all the same, so that nothing can be read or written on it. */
        @Override
        synchronized void kill() {
            reading.kill();
            writing.kill();
        }

        @Override
        boolean outlivesCancel() {
            return true;
        }
    }

    private final class Reading extends StreamLane<Number> {
        Reading(AsyncGroup group) {
            super(group, Ready.READ);
        }

        @Override
        @Nullable
        Object attempt(@Nullable ByteBuffer one, ByteBuffer @Nullable [] many) throws IOException {
            long count;
            if (one != null) {
                count = stream.read(one);
            } else if (many != null && BufferArrays.anyRemaining(many, 0, many.length)) {
                count = BufferArrays.scatter(stream, many, 0, many.length);
            } else {
                return 0L;
            }
            if (count == 0) {
                return null;
            }
            if (count < StreamHandle.END) {
                throw count == Status.CLOSED ? JdkErrors.asynchronousClose() : JdkErrors.asyncRead((int) count);
            }
            return one != null ? (Object) (int) count : (Object) count;
        }

        @Override
        RuntimeException pendingException() {
            return JdkErrors.readPending();
        }

        @Override
        RuntimeException killedException() {
            return JdkErrors.readingKilled();
        }
    }

    private final class Writing extends StreamLane<Number> {
        /** Where small buffers are joined; whoever runs the operation. */
        private final BufferArrays.Gathering gathering = new BufferArrays.Gathering();

        Writing(AsyncGroup group) {
            super(group, Ready.WRITE);
        }

        @Override
        @Nullable
        Object attempt(@Nullable ByteBuffer one, ByteBuffer @Nullable [] many) throws IOException {
            long count;
            if (one != null) {
                count = stream.write(one);
            } else if (many != null && BufferArrays.anyRemaining(many, 0, many.length)) {
                count = gathering.writeAll(stream, many);
            } else {
                return 0L;
            }
            if (count == 0) {
                return null;
            }
            if (count < 0) {
                throw count == Status.CLOSED ? JdkErrors.asynchronousClose() : JdkErrors.channelWrite((int) count);
            }
            return one != null ? (Object) (int) count : (Object) count;
        }

        @Override
        RuntimeException pendingException() {
            return JdkErrors.writePending();
        }

        @Override
        RuntimeException killedException() {
            return JdkErrors.writingKilled();
        }
    }
}
