package io.demijohn.sim;

import io.demijohn.stack.tcp.Ev;
import io.demijohn.stack.tcp.Tcp;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpStatus;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A program that writes its plan's bytes and shuts down, reads and checks the peer's until the end, then closes.
 *
 * <pre>
 *   waiting (accept) -> streaming -> ended: closed in order, reset, or failed
 * </pre>
 *
 * <p>Run by its host; the world's thread only.
 */
final class StreamProgram implements SimProgram {
    private final String name;
    private final StreamPlan plan;
    private final Pattern expected;
    private final SplittableRandom random;
    private final byte[] piece;
    private @Nullable TcpConnection connection;
    private int events;
    private long written;
    private long read;
    private long readAgainNanos = Long.MIN_VALUE;
    private long writeAgainNanos = Long.MIN_VALUE;
    private boolean outputShut;
    private boolean sawEnd;
    private boolean ended;
    private int error;
    private String complaint = "";

    StreamProgram(String name, StreamPlan plan, Pattern expected, long seed) {
        this.name = name;
        this.plan = plan;
        this.expected = expected;
        this.random = new SplittableRandom(seed);
        this.piece = new byte[plan.pieceMaxBytes()];
    }

    /** Begins with a connection that was opened or accepted. */
    void adopt(TcpConnection own) {
        own.attachment = this;
        connection = own;
        events |= own.takeEvents();
    }

    /** Takes event bits; once the connection is gone and the program is done with it, its queues are freed. */
    void onEvents(int bits) {
        events |= bits;
        releaseIfGone();
    }

    @Override
    public void step(SimHost host, long nowNanos) {
        TcpConnection own = connection;
        if (own != null && !ended) {
            stream(host.stack().tcp(), own, nowNanos);
        }
    }

    @Override
    public long wakeNanos() {
        long readNanos = readAgainNanos == Long.MIN_VALUE ? Long.MAX_VALUE : readAgainNanos;
        return writeAgainNanos == Long.MIN_VALUE ? readNanos : Math.min(readNanos, writeAgainNanos);
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public String complaint() {
        return complaint;
    }

    /** Returns whether it ever had a connection. */
    boolean began() {
        return connection != null;
    }

    /** Returns whether it never got further than its SYN because the network said that nobody is there. */
    boolean foundNobody() {
        return error == TcpStatus.UNREACHABLE && (events & Ev.CONNECTED) == 0;
    }

    long plannedBytes() {
        return plan.bytes();
    }

    long writtenBytes() {
        return written;
    }

    long readBytes() {
        return read;
    }

    /** Returns whether it wrote all it wanted and said so. */
    boolean outputShut() {
        return outputShut;
    }

    boolean sawEnd() {
        return sawEnd;
    }

    @Override
    public String toString() {
        TcpConnection own = connection;
        return name + "[written=" + written + " read=" + read + " end=" + sawEnd + " error=" + error + " state="
                + (own == null ? "none" : own.state()) + "]";
    }

    private void stream(Tcp tcp, TcpConnection own, long nowNanos) {
        if ((events & Ev.ERROR) != 0) {
            error = own.error();
            finish(tcp, own, nowNanos);
            return;
        }
        read(tcp, own, nowNanos);
        if (plan.abortAfterBytes() >= 0 && read >= plan.abortAfterBytes()) {
            tcp.abort(own, nowNanos);
            end(own);
            return;
        }
        if ((events & Ev.CONNECTED) != 0) {
            write(tcp, own, nowNanos);
        }
        sawEnd |= (events & Ev.PEER_FIN) != 0 && own.receiveQueue().availableBytes() == 0;
        if (sawEnd && outputShut) {
            finish(tcp, own, nowNanos);
        }
    }

    private void write(Tcp tcp, TcpConnection own, long nowNanos) {
        if (writeAgainNanos > nowNanos) {
            return;
        }
        writeAgainNanos = Long.MIN_VALUE;
        boolean any = false;
        long until = Math.min(plan.bytes(), plan.pacing().writableUntil(read));
        while (written < until) {
            int length = (int) Math.min(until - written, 1 + random.nextInt(plan.pieceMaxBytes()));
            int taken =
                    own.sendQueue().write(plan.pattern().array(), plan.pattern().offset(written), length);
            written += taken;
            any |= taken > 0;
            if (taken > 0 && plan.writePauseMaxNanos() > 0) {
                writeAgainNanos = nowNanos + random.nextLong(plan.writePauseMaxNanos()) + 1;
                break;
            }
            if (taken < length) {
                break;
            }
        }
        if (any) {
            tcp.send(own, nowNanos);
        }
        if (written == plan.bytes() && !outputShut) {
            outputShut = true;
            tcp.shutdownOutput(own, nowNanos);
        }
    }

    private void read(Tcp tcp, TcpConnection own, long nowNanos) {
        if (readAgainNanos > nowNanos) {
            return;
        }
        readAgainNanos = Long.MIN_VALUE;
        boolean any = false;
        while (own.receiveQueue().availableBytes() > 0) {
            int bytes = own.receiveQueue().read(piece, 0, 1 + random.nextInt(piece.length));
            int wrong = expected.mismatch(read, piece, 0, bytes);
            if (wrong >= 0 && complaint.isEmpty()) {
                complaint = "byte " + (read + wrong) + " differs";
            }
            read += bytes;
            any = true;
            if (plan.readPauseMaxNanos() > 0) {
                readAgainNanos = nowNanos + random.nextLong(plan.readPauseMaxNanos()) + 1;
                break;
            }
        }
        if (any) {
            tcp.consumed(own, nowNanos);
        }
    }

    private void finish(Tcp tcp, TcpConnection own, long nowNanos) {
        tcp.close(own, nowNanos);
        end(own);
    }

    private void end(TcpConnection own) {
        ended = true;
        readAgainNanos = Long.MIN_VALUE;
        writeAgainNanos = Long.MIN_VALUE;
        own.receiveQueue().releaseAll();
        releaseIfGone();
    }

    /** Ends without ever having had a connection. */
    void giveUp() {
        ended = true;
    }

    /** Resets the connection unless it has ended. */
    void abort(Tcp tcp, long nowNanos) {
        TcpConnection own = connection;
        if (own != null && !ended) {
            tcp.abort(own, nowNanos);
            ended = true;
        }
    }

    /** Frees the queues; only when the world is at rest. */
    void letGo() {
        TcpConnection own = connection;
        if (own != null) {
            own.receiveQueue().releaseAll();
            own.sendQueue().releaseAll();
        }
    }

    private void releaseIfGone() {
        TcpConnection own = connection;
        if (own != null && ended && (events & Ev.CLOSED) != 0) {
            own.sendQueue().releaseAll();
        }
    }
}
