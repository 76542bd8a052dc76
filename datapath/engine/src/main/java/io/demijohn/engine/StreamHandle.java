package io.demijohn.engine;

import io.demijohn.stack.tcp.Ev;
import io.demijohn.stack.tcp.KeepAlive;
import io.demijohn.stack.tcp.ReceiveQueue;
import io.demijohn.stack.tcp.SendQueue;
import io.demijohn.stack.tcp.Tcp;
import io.demijohn.stack.tcp.TcpConnection;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One connection as its application sees it: bytes in, bytes out, and how it ended.
 *
 * <p>One reader and one writer at a time (the caller's locks see to it), on any thread; they touch only the connection's
 * two queues. Everything else of the connection belongs to the token's holder, who carries its events into {@link #state}
 * and frees its memory once no application thread is inside.
 */
public final class StreamHandle extends Handle {
    /** Result of the reads: the peer ended the stream and every byte was read. */
    public static final int END = -1;

    private static final int CONNECTED = 1;
    private static final int PEER_ENDED = 2;
    private static final int FAILED = 4;
    private static final int CLOSED = 8;
    private static final int INPUT_SHUT = 16;
    private static final int OUTPUT_SHUT = 32;
    private static final int TERMINATED = 64;
    private static final int STARVED = 128;

    private static final int ENDS_OUTPUT = Commands.SHUTDOWN_OUTPUT | Commands.CLOSE;
    private static final long LINGER_STEP_NANOS = 100_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final VarHandle STATE;
    private static final VarHandle READING;
    private static final VarHandle WRITING;
    private static final VarHandle COMMANDS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(StreamHandle.class, "state", int.class);
            READING = lookup.findVarHandle(StreamHandle.class, "reading", boolean.class);
            WRITING = lookup.findVarHandle(StreamHandle.class, "writing", boolean.class);
            COMMANDS = lookup.findVarHandle(StreamHandle.class, "commands", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Link in the driver's list of streams with commands. */
    @Nullable
    StreamHandle nextCommand;

    private final Driver driver;
    private final TcpConnection connection;
    private final ReceiveQueue input;
    private final SendQueue output;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final @Nullable BoundPort boundPort;

    @SuppressWarnings("UnusedVariable") // accessed through COMMANDS
    private volatile int commands;

    private volatile int state;
    private volatile int error;
    private volatile boolean reading;
    private volatile boolean writing;
    private volatile boolean noDelay;
    private volatile boolean keepAlive;
    private volatile int trafficClass;
    private volatile @Nullable KeepAlive keepAliveTimes;
    private volatile int userTimeoutMillis = -1; // until the application sets it
    /** Sizes that the application chose and the connection does not know yet, 0 for none. */
    private volatile int sendBufferBytes;

    private volatile int receiveBufferBytes;

    /** Bytes read since the window was last looked at; the reader's. */
    private long unannouncedBytes;

    /** Whether a read or a write told the application of the failure: as with the kernel's, later writes are broken pipes. */
    private volatile boolean failureTold;

    private boolean inputFreed;
    private boolean outputFreed;
    private boolean retrying;
    private boolean retryWanted;
    private int deferred;

    StreamHandle(Driver driver, TcpConnection connection, StreamOptions options, @Nullable BoundPort boundPort) {
        super(driver);
        this.driver = driver;
        this.connection = connection;
        this.input = connection.receiveQueue();
        this.output = connection.sendQueue();
        this.local = driver.socketAddress(connection.localAddress(), connection.localPort());
        this.remote = driver.socketAddress(connection.remoteAddress(), connection.remotePort());
        this.boundPort = boundPort;
        this.noDelay = options.noDelay();
        this.keepAlive = options.keepAlive();
        this.trafficClass = options.trafficClass();
        this.keepAliveTimes = options.keepAliveTimes();
        this.userTimeoutMillis = options.userTimeoutMillis() > 0 ? options.userTimeoutMillis() : -1;
    }

    // ---- the application's side ------------------------------------------------------------------------------------

    @Override
    public int ready() {
        int now = state;
        if ((now & CLOSED) != 0) {
            return Ready.CLOSED;
        }
        int bits = 0;
        if ((now & FAILED) != 0) {
            bits = Ready.ERROR | Ready.READ | Ready.WRITE | Ready.CONNECT;
        } else if ((now & CONNECTED) != 0) {
            bits = Ready.CONNECT;
            if ((now & OUTPUT_SHUT) != 0 || ((now & STARVED) == 0 && roomToWrite())) {
                bits |= Ready.WRITE;
            }
        }
        if ((now & PEER_ENDED) != 0) {
            bits |= Ready.EOF | Ready.READ;
        } else if ((now & INPUT_SHUT) != 0 || input.readableBytes() > 0) {
            bits |= Ready.READ;
        }
        return bits;
    }

    /** Returns 1 when connected, 0 while connecting, or the negative {@link Status} that ended the attempt. */
    public int connectStatus() {
        int now = state;
        if ((now & FAILED) != 0 && (now & CONNECTED) == 0) {
            return error;
        }
        return (now & CONNECTED) != 0 ? 1 : 0;
    }

    /**
     * Copies received bytes into {@code target} and moves its position on.
     *
     * @return the count, 0 if there is nothing now, {@link #END}, or a {@link Status}
     */
    public int read(ByteBuffer target) {
        int before = enterRead();
        try {
            return before < 0 ? before : afterRead(before, input.read(target));
        } finally {
            READING.setRelease(this, false);
        }
    }

    /** Like {@link #read(ByteBuffer)}, into {@code length} bytes of {@code target} from {@code offset} on. */
    public int read(byte[] target, int offset, int length) {
        int before = enterRead();
        try {
            return before < 0 ? before : afterRead(before, input.read(target, offset, length));
        } finally {
            READING.setRelease(this, false);
        }
    }

    /** Returns how many bytes reads find now. */
    public int availableBytes() {
        return (state & (CLOSED | INPUT_SHUT)) != 0 ? 0 : input.readableBytes();
    }

    /**
     * Takes bytes from {@code source}, moves its position on, and sends what the windows allow.
     *
     * @return the count taken, 0 if there is no room now, or a {@link Status}
     */
    public int write(ByteBuffer source) {
        int refused = enterWrite();
        int taken;
        try {
            taken = refused != 0 ? refused : output.write(source);
        } finally {
            WRITING.setRelease(this, false);
        }
        return refused != 0 ? refused : afterWrite(taken, source.hasRemaining());
    }

    /** Like {@link #write(ByteBuffer)}, from {@code length} bytes of {@code source} from {@code offset} on. */
    public int write(byte[] source, int offset, int length) {
        int refused = enterWrite();
        int taken;
        try {
            taken = refused != 0 ? refused : output.write(source, offset, length);
        } finally {
            WRITING.setRelease(this, false);
        }
        return refused != 0 ? refused : afterWrite(taken, taken < length);
    }

    /**
     * Sends one byte as urgent data (RFC 9293, 3.8.5), behind all that was written.
     *
     * @return 1, 0 if there is no room now, or a {@link Status}
     */
    public int writeUrgent(int octet) {
        int refused = enterWrite();
        int taken = 0;
        try {
            if (refused == 0) {
                taken = output.writeUrgent(octet);
            }
        } finally {
            WRITING.setRelease(this, false);
        }
        return refused != 0 ? refused : afterWrite(taken, taken == 0);
    }

    /** Lets reads answer {@link #END} from now on; what arrives is thrown away. */
    public void shutdownInput() {
        addState(INPUT_SHUT);
        driver.kick(this, Commands.CONSUMED);
        VarHandle.fullFence();
        signal();
    }

    /** Sends FIN after the bytes written so far; later writes answer {@link Status#BROKEN_PIPE}. */
    public void shutdownOutput() {
        addState(OUTPUT_SHUT);
        driver.kick(this, Commands.SHUTDOWN_OUTPUT);
        VarHandle.fullFence();
        signal();
    }

    /** Gives the connection up: what was written is still delivered, unread input resets. Idempotent; wakes every waiter. */
    public void close() {
        close(Commands.CLOSE);
    }

    /** Resets the connection; unsent bytes are lost (SO_LINGER 0). */
    public void abort() {
        close(Commands.ABORT);
    }

    /**
     * Closes as SO_LINGER with {@code seconds} does: 0 resets, more waits until the peer acknowledged everything or the time
     * is over, and then resets.
     */
    public void closeLingering(int seconds) {
        if (seconds == 0) {
            abort();
            return;
        }
        close();
        boolean drives = !VirtualThreads.isCurrent();
        // nothing here ends by an interrupt, but parking would not wait with its status set
        boolean interrupted = false;
        long startNanos = System.nanoTime();
        while ((state & TERMINATED) == 0 && output.unacknowledgedBytes() > 0) {
            long nowNanos = System.nanoTime();
            if (nowNanos - startNanos >= seconds * NANOS_PER_SECOND) {
                driver.kick(this, Commands.ABORT);
                break;
            }
            if (!drives || !driver.pass(nowNanos)) {
                interrupted |= Thread.interrupted();
                LockSupport.parkNanos(this, LINGER_STEP_NANOS);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    public InetSocketAddress local() {
        return local;
    }

    public InetSocketAddress remote() {
        return remote;
    }

    public void setNoDelay(boolean on) {
        noDelay = on;
        driver.kick(this, Commands.OPTIONS);
    }

    public void setKeepAlive(boolean on) {
        keepAlive = on;
        driver.kick(this, Commands.OPTIONS);
    }

    /** Sets the type of service of later packets (IP_TOS), 0 to 255. */
    public void setTrafficClass(int octet) {
        trafficClass = octet;
        driver.kick(this, Commands.OPTIONS);
    }

    /** Sets when keep-alive probes an idle peer and when it gives up. */
    public void setKeepAliveTimes(KeepAlive times) {
        keepAliveTimes = times;
        driver.kick(this, Commands.OPTIONS);
    }

    /** Sets how long anything may stay unacknowledged or unsent before the stream fails, 0 for no such limit. */
    public void setUserTimeout(int millis) {
        userTimeoutMillis = millis;
        driver.kick(this, Commands.OPTIONS);
    }

    /** Chooses the bound of unacknowledged bytes, which grows by itself no more. */
    public void setSendBuffer(int bytes) {
        sendBufferBytes = bytes;
        driver.kick(this, Commands.OPTIONS);
    }

    /** Chooses the bound of unread bytes, which grows by itself no more. */
    public void setReceiveBuffer(int bytes) {
        receiveBufferBytes = bytes;
        driver.kick(this, Commands.OPTIONS);
    }

    /** Chooses whether urgent bytes are read in their place or left out (SO_OOBINLINE). */
    public void setUrgentInline(boolean on) {
        input.setUrgentInline(on);
        VarHandle.fullFence();
        signal();
    }

    private boolean roomToWrite() {
        int free = output.freeBytes();
        return free >= output.capacityBytes() / 4;
    }

    /** Enters the input queue; returns the state seen before the data, or a negative answer. */
    private int enterRead() {
        READING.setVolatile(this, true);
        int now = state;
        if ((now & CLOSED) != 0) {
            return Status.CLOSED;
        }
        return (now & INPUT_SHUT) != 0 ? END : now;
    }

    private int afterRead(int before, int count) {
        if (count > 0) {
            unannouncedBytes += count;
            if (unannouncedBytes >= input.capacityBytes() / 4) {
                unannouncedBytes = 0;
                driver.kick(this, Commands.CONSUMED);
            }
            return count;
        }
        if ((before & PEER_ENDED) != 0) {
            return END; // a reset behind the FIN does not take the end of the stream back
        }
        if ((before & FAILED) != 0) {
            failureTold = true;
            return error;
        }
        return 0;
    }

    private int enterWrite() {
        WRITING.setVolatile(this, true);
        int now = state;
        if ((now & (CLOSED | FAILED | OUTPUT_SHUT | CONNECTED | TERMINATED)) == CONNECTED) {
            return 0;
        }
        if ((now & CLOSED) != 0) {
            return Status.CLOSED;
        }
        if ((now & (FAILED | PEER_ENDED)) == FAILED && !failureTold) {
            failureTold = true;
            return error;
        }
        return (now & CONNECTED) == 0 && (now & FAILED) == 0 ? Status.NOT_CONNECTED : Status.BROKEN_PIPE;
    }

    private int afterWrite(int taken, boolean more) {
        if (taken > 0) {
            driver.kick(this, Commands.SEND);
        } else if (more && output.freeBytes() > 0) {
            addState(STARVED); // the queue has room but the process has no send memory: the driver looks again
            driver.kick(this, Commands.SEND);
        }
        return taken;
    }

    private void close(int command) {
        int before = (int) STATE.getAndBitwiseOr(this, CLOSED);
        if ((before & CLOSED) != 0) {
            return;
        }
        driver.kick(this, command);
        VarHandle.fullFence();
        signal();
    }

    private void addState(int bits) {
        STATE.getAndBitwiseOr(this, bits);
    }

    // ---- the driver's side, under the token ------------------------------------------------------------------------

    void onEvents(int events) {
        int bits = 0;
        if ((events & Ev.CONNECTED) != 0) {
            bits |= CONNECTED;
        }
        if ((events & Ev.PEER_FIN) != 0) {
            bits |= PEER_ENDED;
        }
        if ((events & Ev.ERROR) != 0) {
            error = Status.ofTcp(connection.error());
            bits |= FAILED;
        }
        if ((events & Ev.CLOSED) != 0) {
            bits |= TERMINATED;
        }
        if (bits != 0) {
            addState(bits);
        }
        if ((state & STARVED) != 0) {
            STATE.getAndBitwiseAnd(this, ~STARVED);
        }
        if ((state & INPUT_SHUT) != 0 && input.availableBytes() > 0) {
            discardInput();
        }
        if ((bits & TERMINATED) != 0 || (state & CLOSED) != 0) {
            free();
        }
    }

    /** Adds {@link Commands} bits; returns whether the stream must be put on the driver's list. Any thread. */
    boolean addCommands(int bits) {
        return (int) COMMANDS.getAndBitwiseOr(this, bits) == 0;
    }

    int takeCommands() {
        return (int) COMMANDS.getAndSet(this, 0);
    }

    /** Does what {@code asked}, bits of {@link Commands}, say. */
    void execute(int asked, long nowNanos) {
        int bits = asked;
        if ((bits & ENDS_OUTPUT) != 0 && writing) { // a write that began before the end belongs before the FIN
            deferred |= bits & ENDS_OUTPUT;
            bits &= ~ENDS_OUTPUT;
            scheduleRetry();
        }
        Tcp tcp = driver.stack().tcp();
        boolean live = (state & TERMINATED) == 0;
        if ((bits & Commands.OPTIONS) != 0) {
            applyOptions(nowNanos);
        }
        if (live && (bits & (Commands.SEND | Commands.OPTIONS)) != 0) {
            tcp.send(connection, nowNanos);
        }
        if ((bits & Commands.CONSUMED) != 0) {
            if ((state & INPUT_SHUT) != 0) {
                discardInput();
            }
            if (live) {
                tcp.consumed(connection, nowNanos);
            }
        }
        if (live && (bits & Commands.SHUTDOWN_OUTPUT) != 0) {
            tcp.shutdownOutput(connection, nowNanos);
        }
        if (live && (bits & Commands.ABORT) != 0) {
            tcp.abort(connection, nowNanos);
        } else if (live && (bits & Commands.CLOSE) != 0) {
            tcp.close(connection, nowNanos);
        }
        if ((bits & (Commands.CLOSE | Commands.ABORT)) != 0) {
            free();
        }
        if ((state & STARVED) != 0) {
            scheduleRetry();
        }
    }

    private void applyOptions(long nowNanos) {
        connection.setNoDelay(noDelay);
        connection.setTrafficClass(trafficClass);
        connection.setKeepAlive(keepAlive, nowNanos);
        KeepAlive times = keepAliveTimes;
        if (times != null) {
            connection.setKeepAliveTimes(times, nowNanos);
        }
        int userMillis = userTimeoutMillis;
        if (userMillis >= 0) {
            connection.setUserTimeout(userMillis);
        }
        int sendBytes = sendBufferBytes;
        if (sendBytes > 0) {
            connection.setSendBuffer(sendBytes);
        }
        int receiveBytes = receiveBufferBytes;
        if (receiveBytes > 0) {
            connection.setReceiveBuffer(receiveBytes);
        }
    }

    @Override
    void fail(int status) {
        if ((state & FAILED) == 0) {
            error = status;
        }
        addState(FAILED | TERMINATED);
        free();
    }

    /** Called at each pass while there is something to look at again; returns whether it is done. */
    boolean retried(long nowNanos) {
        boolean starved = (state & (STARVED | TERMINATED)) == STARVED;
        if (starved && output.hasRoom()) {
            starved = false;
            STATE.getAndBitwiseAnd(this, ~STARVED);
            VarHandle.fullFence();
            signal();
        }
        retryWanted = starved;
        int again = deferred;
        deferred = 0;
        if (again != 0) {
            execute(again, nowNanos);
        }
        free();
        retrying = retryWanted;
        return !retrying;
    }

    /** Frees what no application thread uses any more; what one is inside of is looked at again. */
    private void free() {
        VarHandle.fullFence(); // state before the looks at reading and writing; they enter, then look at state
        int now = state;
        boolean inputDone = (now & CLOSED) != 0;
        boolean outputDone = (now & TERMINATED) != 0;
        if (inputDone && !inputFreed && !reading) {
            inputFreed = true;
            input.releaseAll();
        }
        if (outputDone && !outputFreed && !writing) {
            outputFreed = true;
            output.releaseAll();
        }
        if (inputDone && outputDone && inputFreed && outputFreed) {
            if (driver.handles().remove(this) && boundPort != null) {
                boundPort.releaseUnderToken();
            }
        } else if ((inputDone && !inputFreed) || (outputDone && !outputFreed)) {
            scheduleRetry();
        }
    }

    private void discardInput() {
        if (!reading) {
            input.discard();
        }
    }

    private void scheduleRetry() {
        retryWanted = true;
        if (!retrying) {
            retrying = true;
            driver.retryLater(this);
        }
    }
}
