package io.demijohn.engine;

import io.demijohn.device.BufferPool;
import io.demijohn.device.NetDevice;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.Stack;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The heart of an engine: the ownership token, one pass over device and stack, and the list of commands.
 *
 * <pre>
 *   claim     who polls in a loop (a waiting thread or nobody): others that wait spin a little, then park
 *   token     who touches stack and device right now: held for one pass or one command, never while sleeping
 *   commands  streams with work for the token's holder; published by threads that did not get the token
 * </pre>
 *
 * <p>Owned by one {@link Engine}; any thread may call what it offers, and each method takes the claim or the token as its
 * section says. Who releases the token looks at the commands again, and who publishes tries the token again: no command is lost.
 */
final class Driver {
    private static final System.Logger LOG = System.getLogger(Driver.class.getName());
    private static final int BATCH_MAX = 64;
    private static final int ROUNDS_MAX = 16;
    private static final int SETTLE_MAX = 64;
    private static final int LOCK_SPINS_MAX = 1_000;
    private static final long LOCK_PARK_NANOS = 20_000;
    private static final long RETRY_NANOS = 200_000;
    /** A poller that is back within this time needs no stand-in meanwhile. */
    private static final long SOON_NANOS = 100_000;

    private static final VarHandle TOKEN;
    private static final VarHandle CLAIMANT;
    private static final VarHandle COMMANDS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            TOKEN = lookup.findVarHandle(Driver.class, "token", int.class);
            CLAIMANT = lookup.findVarHandle(Driver.class, "claimant", Thread.class);
            COMMANDS = lookup.findVarHandle(Driver.class, "commanded", StreamHandle.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final NetDevice device;
    private final Stack stack;
    private final BufferPool pool;
    private final long spinNanos;
    private final boolean pollable;
    private final PacketBuffer[] received = new PacketBuffer[BATCH_MAX];
    private final PacketBuffer[] sending = new PacketBuffer[BATCH_MAX];
    private final ArrayList<Handle> touched = new ArrayList<>();
    private final ArrayList<StreamHandle> retry = new ArrayList<>();
    private final Set<Handle> handles = ConcurrentHashMap.newKeySet();
    private final AtomicInteger sleepers = new AtomicInteger();
    private final AtomicInteger spinners = new AtomicInteger();
    private final int spinnersMax = Runtime.getRuntime().availableProcessors();
    private final EngineCounters counters = new EngineCounters();
    private final Sentinel sentinel;

    @SuppressWarnings("UnusedVariable") // accessed through TOKEN
    private volatile int token;

    private volatile @Nullable Thread claimant;

    private volatile @Nullable StreamHandle commanded;

    private volatile long deadlineNanos = Long.MAX_VALUE;

    private volatile boolean failed;

    private volatile long leftNanos;
    private volatile boolean returnsSoon;

    /** The last look at the device ended at its bound, not because the device was empty. */
    private boolean moreFrames;

    private int sendingFrom;
    private int sendingTo;

    Driver(NetDevice device, Stack stack, BufferPool pool, long spinNanos) {
        this.device = device;
        this.stack = stack;
        this.pool = pool;
        this.spinNanos = spinNanos;
        this.pollable = device.capabilities().pollable();
        this.sentinel = new Sentinel(this, device);
    }

    void start() {
        sentinel.start();
    }

    Stack stack() {
        return stack;
    }

    /** Returns the JDK's form of an address on this engine's link. */
    InetSocketAddress socketAddress(IpAddress address, int port) {
        return Addresses.socketAddress(address, port, device.interfaceIndex());
    }

    EngineCounters counters() {
        return counters;
    }

    long spinNanos() {
        return spinNanos;
    }

    boolean failed() {
        return failed;
    }

    Set<Handle> handles() {
        return handles;
    }

    // ---- who polls -------------------------------------------------------------------------------------------------

    /** Makes {@code thread} the one that polls; false if another does or the engine failed. */
    boolean claim(Thread thread) {
        if (claimant != null || failed || !CLAIMANT.compareAndSet(this, null, thread)) {
            return false;
        }
        returnsSoon = System.nanoTime() - leftNanos < SOON_NANOS;
        return true;
    }

    void unclaim() {
        claimant = null;
    }

    boolean claimed() {
        return claimant != null;
    }

    /** Counts the calling thread among those that spin; false if there are as many as processors: sleep at once. */
    boolean enterSpin() {
        if (spinners.incrementAndGet() <= spinnersMax) {
            return true;
        }
        spinners.decrementAndGet();
        return false;
    }

    void leaveSpin() {
        spinners.decrementAndGet();
    }

    /**
     * After unclaim, by a thread that returns to its application: sees that somebody serves sleepers and timers. Where pollers came back soon the last time, the
     * sentinel's tick is soon enough: waking it each time costs more than the work between two polls.
     */
    void left() {
        if (sleepers.get() > 0 && !returnsSoon) {
            sentinel.arm(deadlineNanos);
        } else {
            sentinel.checkDeadline(deadlineNanos);
        }
        leftNanos = System.nanoTime();
    }

    /** A thread is about to sleep. */
    void enterSleep() {
        sleepers.incrementAndGet();
        if (claimant == null) {
            sentinel.arm(deadlineNanos);
        }
    }

    void leaveSleep() {
        sleepers.decrementAndGet();
    }

    // ---- the token -------------------------------------------------------------------------------------------------

    /** Takes the token, waiting for the short time that another thread holds it; for the control plane. */
    void lock() {
        int spins = 0;
        while (!tryAcquire()) {
            if (++spins < LOCK_SPINS_MAX) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, LOCK_PARK_NANOS);
            }
        }
    }

    /** Sends what the control operation caused and gives the token back. */
    void unlock() {
        try {
            flush(System.nanoTime());
        } finally {
            release();
        }
        settle();
        serveTimers();
    }

    /** Takes the token for one pass over device and stack; returns whether there was work. Does nothing if it is taken. */
    boolean pass(long nowNanos) {
        if (!tryAcquire()) {
            return false;
        }
        boolean worked = false;
        try {
            worked = run(nowNanos);
        } finally {
            release();
        }
        settle();
        return worked;
    }

    /** Like {@link #pass}, for the sentinel: tells it the deadline of its sleep while the token still keeps others out. */
    Sentinel.Next passBeforeSleep(long nowNanos) {
        if (!tryAcquire()) {
            return Sentinel.Next.YIELD;
        }
        Sentinel.Next next = Sentinel.Next.PASS;
        try {
            if (!run(nowNanos) && commanded == null) {
                sentinel.enterDevice(deadlineNanos);
                next = Sentinel.Next.SLEEP;
            }
        } finally {
            release();
        }
        settle();
        return next;
    }

    /** Carries out {@code bits} for {@code stream}: here and now if the token is free, else by its holder. */
    void kick(StreamHandle stream, int bits) {
        if (tryAcquire()) {
            try {
                long nowNanos = System.nanoTime();
                guarded(stream, bits, nowNanos);
                flush(nowNanos);
            } finally {
                release();
            }
        } else {
            publish(stream, bits);
        }
        settle();
        serveTimers();
    }

    private boolean tryAcquire() {
        return (int) TOKEN.getOpaque(this) == 0 && TOKEN.compareAndSet(this, 0, 1);
    }

    private void release() {
        TOKEN.setVolatile(this, 0);
    }

    private void publish(StreamHandle stream, int bits) {
        if (!stream.addCommands(bits)) {
            return;
        }
        StreamHandle head;
        do {
            head = commanded;
            stream.nextCommand = head;
        } while (!COMMANDS.compareAndSet(this, head, stream));
    }

    /** Commands published while the token was held are carried out by whoever finds it free. */
    private void settle() {
        for (int round = 0; round < SETTLE_MAX && commanded != null && tryAcquire(); round++) {
            try {
                flush(System.nanoTime());
            } finally {
                release();
            }
        }
    }

    /** The writer goes back to its work: a timer that it started must find the sentinel awake in time. */
    private void serveTimers() {
        if (claimant == null) {
            sentinel.checkDeadline(deadlineNanos);
        }
    }

    // ---- under the token -------------------------------------------------------------------------------------------

    /** One pass: commands, received frames, due timers, readiness, transmission. */
    private boolean run(long nowNanos) {
        boolean worked = false;
        try {
            worked = drainCommands(nowNanos);
            worked |= receiveAll(nowNanos);
            long due = stack.nextDeadlineNanos();
            if (due != Long.MAX_VALUE && due - nowNanos <= 0) {
                stack.advance(nowNanos);
                worked = true;
            }
            serveRetries(nowNanos);
            collect();
            transmit();
            publishDeadline(nowNanos);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
        return worked;
    }

    /** Sends what commands caused; on a device of our own memory also delivers it. */
    private void flush(long nowNanos) {
        try {
            drainCommands(nowNanos);
            collect();
            transmit();
            if (!pollable) {
                receiveAll(nowNanos);
            }
            publishDeadline(nowNanos);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private boolean receiveAll(long nowNanos) {
        if (failed) {
            return false;
        }
        boolean any = false;
        moreFrames = true;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            int count = device.receive(received, BATCH_MAX, pool);
            if (count < 0) {
                deviceGone();
                return true;
            }
            for (int index = 0; index < count; index++) {
                stack.receive(received[index], nowNanos);
            }
            counters.framesReceived += count;
            if (count == 0) {
                moreFrames = false;
                break;
            }
            any = true;
            collect();
            transmit();
            if (pollable && count < BATCH_MAX) {
                moreFrames = false;
                break;
            }
        }
        return any;
    }

    /** Carries connections' events into their handles and wakes who waits for them. */
    private void collect() {
        TcpConnection connection;
        while ((connection = stack.tcp().nextTouched()) != null) {
            if (connection.attachment instanceof StreamHandle stream) {
                stream.onEvents(connection.takeEvents());
                touched.add(stream);
            }
        }
        TcpListener listener;
        while ((listener = stack.tcp().nextTouchedListener()) != null) {
            if (listener.attachment instanceof ListenerHandle handle) {
                handle.onPending();
                touched.add(handle);
            }
        }
        if (!touched.isEmpty()) {
            VarHandle.fullFence(); // the queues above were published with release: waiters enlist, then look
            for (int index = 0; index < touched.size(); index++) {
                touched.get(index).signal();
            }
            touched.clear();
        }
    }

    private void transmit() {
        if (failed) {
            return;
        }
        for (int round = 0; round < ROUNDS_MAX; round++) {
            if (sendingFrom == sendingTo) {
                sendingFrom = 0;
                sendingTo = stack.drainTransmit(sending, BATCH_MAX);
                if (sendingTo == 0) {
                    return;
                }
            }
            int taken = device.transmit(sending, sendingFrom, sendingTo - sendingFrom);
            if (taken < 0) {
                deviceGone();
                return;
            }
            counters.framesSent += taken;
            sendingFrom += taken;
            if (sendingFrom < sendingTo) {
                counters.transmitStalls++;
                return;
            }
        }
    }

    private boolean drainCommands(long nowNanos) {
        if (commanded == null) {
            return false;
        }
        StreamHandle stream = (StreamHandle) COMMANDS.getAndSet(this, null);
        while (stream != null) {
            StreamHandle following = stream.nextCommand;
            guarded(stream, stream.takeCommands(), nowNanos);
            stream = following;
        }
        return true;
    }

    private void guarded(StreamHandle stream, int bits, long nowNanos) {
        if (failed) {
            stream.fail(Status.ENGINE_FAILED);
            return;
        }
        try {
            stream.execute(bits, nowNanos);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Streams whose memory an application thread was still using, or that found no send memory: looked at again. */
    void retryLater(StreamHandle stream) {
        retry.add(stream);
    }

    private void serveRetries(long nowNanos) {
        for (int index = retry.size() - 1; index >= 0; index--) {
            if (retry.get(index).retried(nowNanos)) {
                retry.remove(index);
            }
        }
    }

    private void publishDeadline(long nowNanos) {
        long next = moreFrames && !pollable ? nowNanos : stack.nextDeadlineNanos();
        if (sendingFrom != sendingTo || !retry.isEmpty()) {
            long soon = nowNanos + RETRY_NANOS;
            next = next == Long.MAX_VALUE || soon - next < 0 ? soon : next;
        }
        if (next != deadlineNanos) {
            deadlineNanos = next;
        }
    }

    /** A bug of ours: this engine ends, its handles fail, the rest of the process goes on. */
    private void fail(Throwable cause) {
        if (!failed) {
            failed = true;
            LOG.log(System.Logger.Level.ERROR, "engine=" + device.uri() + " state=failed cause=" + cause, cause);
            failHandles();
        }
    }

    private void deviceGone() {
        if (!failed) {
            failed = true;
            LOG.log(System.Logger.Level.WARNING, "engine=" + device.uri() + " state=failed cause=device-gone");
            failHandles();
        }
    }

    /** Whatever else is broken, every application thread learns that the engine ended. */
    private void failHandles() {
        for (Handle handle : handles) {
            try {
                handle.fail(Status.ENGINE_FAILED);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "engine=" + device.uri() + " handle=" + handle + " cause=" + e);
            }
        }
        VarHandle.fullFence();
        for (Handle handle : handles) {
            handle.signal();
        }
    }

    /** Returns whether no connection has anything left to send or to hear, those in TIME_WAIT aside. */
    boolean quiet() {
        lock();
        try {
            return failed || (stack.tcp().unfinishedCount() == 0 && sendingFrom == sendingTo);
        } finally {
            unlock();
        }
    }

    /** Ends the sentinel and every later pass; nobody touches the device afterwards. */
    void close() {
        sentinel.close();
        lock();
        failed = true;
        failHandles();
        release();
    }
}
