package io.demijohn.engine;

import io.demijohn.device.NetDevice;
import java.util.concurrent.locks.LockSupport;

/**
 * The one daemon thread of an engine: sleeps in the device when nobody polls, and runs the engine when it wakes.
 *
 * <pre>
 *   somebody polls      parked, looks again every tick
 *   nobody polls        asleep in the device until a frame, a wakeup or the next timer; no CPU used
 * </pre>
 *
 * <p>{@link #enterDevice} happens under the token, so whoever starts an earlier timer afterwards sees the sleeper and
 * wakes it.
 */
final class Sentinel implements Runnable {
    /** How soon it notices that a driver left for its application without anybody waiting. */
    private static final long TICK_NANOS = 1_000_000;

    /** How long it leaves the engine to a thread that holds the token without polling, such as one that only writes. */
    private static final long YIELD_NANOS = 50_000;

    private static final long JOIN_MILLIS = 1_000;

    /** What it does after a pass over the engine. */
    enum Next {
        /** There was work: look again at once. */
        PASS,
        /** Another thread holds the token: leave it the processor. */
        YIELD,
        /** Nothing to do: sleep in the device; announced already. */
        SLEEP
    }

    private final Driver driver;
    private final NetDevice device;
    private final Thread thread;

    private volatile boolean inDevice;
    private volatile long sleepDeadlineNanos = Long.MAX_VALUE;
    private volatile boolean closed;

    Sentinel(Driver driver, NetDevice device) {
        this.driver = driver;
        this.device = device;
        this.thread = new Thread(null, this, "demijohn-" + device.uri(), 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
    }

    void start() {
        thread.start();
    }

    /** Somebody sleeps from now on: serve the device without waiting for the tick. */
    void arm(long deadlineNanos) {
        if (inDevice) {
            checkDeadline(deadlineNanos);
        } else {
            LockSupport.unpark(thread);
        }
    }

    /** Wakes the sleeper if a timer is due before it would wake by itself. */
    void checkDeadline(long deadlineNanos) {
        if (inDevice && deadlineNanos != Long.MAX_VALUE) {
            long sleep = sleepDeadlineNanos;
            if (sleep == Long.MAX_VALUE || deadlineNanos - sleep < 0) {
                device.wakeup();
            }
        }
    }

    /** Announces the sleep; called by this thread, under the token. */
    void enterDevice(long deadlineNanos) {
        sleepDeadlineNanos = deadlineNanos;
        inDevice = true;
    }

    @Override
    public void run() {
        while (!closed && !driver.failed()) {
            if (driver.claimed()) {
                LockSupport.parkNanos(this, TICK_NANOS);
                Thread.interrupted(); // nobody has a reason to interrupt it; a status left set would make parking spin
                continue;
            }
            Next next = driver.passBeforeSleep(System.nanoTime());
            if (next == Next.YIELD) {
                LockSupport.parkNanos(this, YIELD_NANOS);
            } else if (next == Next.SLEEP) {
                sleep();
            }
        }
    }

    private void sleep() {
        long deadline = sleepDeadlineNanos;
        if (!closed && !driver.claimed()) {
            device.awaitInterrupt(deadline == Long.MAX_VALUE ? Long.MAX_VALUE : deadline - System.nanoTime());
        }
        inDevice = false;
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
        device.wakeup();
        if (Thread.currentThread() != thread) {
            boolean interrupted = false;
            try {
                thread.join(JOIN_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
