package io.demijohn.stack.tcp;

import io.demijohn.device.Require;
import io.demijohn.stack.tcp.TcpConnection.Ownership;
import io.demijohn.stack.timer.TimerWheel;
import org.jspecify.annotations.Nullable;

/**
 * All connections of one TCP: the flow table, changes of state, the timer entries and the lists that the engine drains.
 *
 * <p>Owned by {@link Tcp}; driver only. Sends nothing.
 */
final class Connections {
    /** Longer than a step of anybody's timestamp clock (RFC 7323, 5.4). */
    private static final long REUSE_AFTER_NANOS = 1_000_000_000L;

    final TcpConfig config;
    final FlowTable flows;
    final TcpCounters counters;
    final TimerWheel wheel;
    final SentSegments segments = new SentSegments();

    /** Of connections whose user set no times. */
    final KeepAlive keepAlive;

    /** Half-open connections over all listeners. */
    int halfOpen;

    private @Nullable TimeWait oldestTimeWait;
    private @Nullable TimeWait newestTimeWait;
    private int timeWaits;
    private @Nullable TcpConnection firstTouched;
    private @Nullable TcpConnection lastTouched;
    private @Nullable TcpListener firstTouchedListener;
    private @Nullable TcpListener lastTouchedListener;

    Connections(TcpConfig config, FlowTable flows, TcpCounters counters, TimerWheel wheel) {
        this.config = config;
        this.flows = flows;
        this.counters = counters;
        this.wheel = wheel;
        this.keepAlive = KeepAlive.of(config);
    }

    /** Returns how many connections are in the table, TIME_WAIT not counted. */
    int count() {
        return flows.size() - timeWaits;
    }

    /** Changes the state; the transition must be legal. */
    void become(TcpConnection connection, TcpState next) {
        Require.that(connection.state.mayBecome(next), "illegal transition of a connection");
        connection.state = next;
    }

    // ---- events ----------------------------------------------------------------------------------------------------

    /** Sets event bits; the engine hears of them unless a listener still has the connection. */
    void signal(TcpConnection connection, int bits) {
        connection.events |= bits;
        if (connection.ownership != Ownership.LISTENER) {
            touch(connection);
        }
    }

    /** Puts the connection on the list of those whose events changed. */
    void touch(TcpConnection connection) {
        if (connection.touched) {
            return;
        }
        connection.touched = true;
        TcpConnection last = lastTouched;
        if (last == null) {
            firstTouched = connection;
        } else {
            last.nextTouched = connection;
        }
        lastTouched = connection;
    }

    @Nullable
    TcpConnection nextTouched() {
        TcpConnection connection = firstTouched;
        if (connection != null) {
            firstTouched = connection.nextTouched;
            if (firstTouched == null) {
                lastTouched = null;
            }
            connection.nextTouched = null;
            connection.touched = false;
        }
        return connection;
    }

    /** Puts the listener on the list of those with connections to accept. */
    void touch(TcpListener listener) {
        if (listener.touched) {
            return;
        }
        listener.touched = true;
        TcpListener last = lastTouchedListener;
        if (last == null) {
            firstTouchedListener = listener;
        } else {
            last.nextTouched = listener;
        }
        lastTouchedListener = listener;
    }

    @Nullable
    TcpListener nextTouchedListener() {
        TcpListener listener = firstTouchedListener;
        if (listener != null) {
            firstTouchedListener = listener.nextTouched;
            if (firstTouchedListener == null) {
                lastTouchedListener = null;
            }
            listener.nextTouched = null;
            listener.touched = false;
        }
        return listener;
    }

    // ---- leaving ---------------------------------------------------------------------------------------------------

    /** Ends the connection with an error that its user sees. */
    void fail(TcpConnection connection, int status) {
        connection.error = status;
        signal(connection, Ev.ERROR);
        leave(connection);
    }

    /** Takes the connection out of the table for good. */
    void leave(TcpConnection connection) {
        TcpListener listener = connection.listener;
        boolean wasHalfOpen = connection.state == TcpState.SYN_RECEIVED;
        become(connection, TcpState.CLOSED);
        detach(connection);
        if (listener != null && wasHalfOpen) {
            listener.halfOpen--;
            halfOpen--;
            releaseQueues(connection);
        }
    }

    /** Leaves TIME_WAIT behind in the table instead of the connection (RFC 9293, 3.6.1). */
    void enterTimeWait(TcpConnection connection, int windowField, long nowNanos) {
        become(connection, TcpState.TIME_WAIT);
        detach(connection);
        if (timeWaits >= config.count(TcpTunable.TIME_WAITS)) {
            TimeWait oldest = oldestTimeWait;
            if (oldest == null) {
                return; // a bound of 0: no TIME_WAIT at all
            }
            counters.timeWaitEvicted++;
            remove(oldest);
        }
        TimeWait entry = new TimeWait(connection, windowField);
        flows.add(entry);
        timeWaits++;
        append(entry, nowNanos);
    }

    /** Frees the queues of a connection that no application ever saw. */
    static void releaseQueues(TcpConnection connection) {
        connection.receiveQueue().releaseAll();
        connection.sendQueue().releaseAll();
    }

    private void detach(TcpConnection connection) {
        flows.remove(connection);
        wheel.remove(connection.timerEntry);
        Reassembly.clear(connection);
        segments.clear(connection.flight);
        signal(connection, Ev.CLOSED);
    }

    // ---- TIME_WAIT -------------------------------------------------------------------------------------------------

    /** Starts the 2 MSL anew: a FIN came again. */
    void restart(TimeWait entry, long nowNanos) {
        unlink(entry);
        append(entry, nowNanos);
    }

    /**
     * Returns whether a connection of ours may begin with the four-tuple of a TIME_WAIT: both ends had timestamps, and ours
     * has moved on since, so that the peer tells old segments and new ones apart (RFC 6191, 2; RFC 7323, appendix B).
     */
    boolean mayReuse(TimeWait entry, long nowNanos) {
        long sinceNanos = entry.deadlineNanos - config.nanos(TcpTunable.TIME_WAIT);
        return entry.timestampsOn
                && config.count(TcpTunable.TIMESTAMPS) != 0
                && nowNanos - sinceNanos >= REUSE_AFTER_NANOS;
    }

    /** Ends one TIME_WAIT. */
    void remove(TimeWait entry) {
        unlink(entry);
        flows.remove(entry);
        timeWaits--;
    }

    /** Ends every TIME_WAIT whose time is over. */
    void expireTimeWaits(long nowNanos) {
        TimeWait entry = oldestTimeWait;
        while (entry != null && entry.deadlineNanos - nowNanos <= 0) {
            remove(entry);
            entry = oldestTimeWait;
        }
    }

    /** Returns when something here is due, or {@link TimerWheel#NEVER}. */
    long nextDeadlineNanos() {
        long wheelNanos = wheel.nextDeadlineNanos();
        TimeWait oldest = oldestTimeWait;
        return oldest == null ? wheelNanos : earlier(wheelNanos, oldest.deadlineNanos);
    }

    private void append(TimeWait entry, long nowNanos) {
        entry.deadlineNanos = nowNanos + config.nanos(TcpTunable.TIME_WAIT);
        TimeWait last = newestTimeWait;
        entry.older = last;
        if (last == null) {
            oldestTimeWait = entry;
        } else {
            last.newer = entry;
        }
        newestTimeWait = entry;
    }

    private void unlink(TimeWait entry) {
        TimeWait older = entry.older;
        TimeWait newer = entry.newer;
        if (older == null) {
            oldestTimeWait = newer;
        } else {
            older.newer = newer;
        }
        if (newer == null) {
            newestTimeWait = older;
        } else {
            newer.older = older;
        }
        entry.older = null;
        entry.newer = null;
    }

    // ---- timers ----------------------------------------------------------------------------------------------------

    /** Arms the wheel entry for the earliest of the connection's deadlines. */
    void arm(TcpConnection connection) {
        long earliest = earlier(connection.timerNanos, connection.ackNanos);
        earliest = earlier(earliest, connection.retryNanos);
        wheel.arm(connection.timerEntry, earlier(earliest, connection.idleNanos));
    }

    /** Sets what the idle deadline is for in this state: the end of an orphan's FIN_WAIT_2, keep-alive, or nothing. */
    void armIdle(TcpConnection connection, long nowNanos) {
        if (connection.ownership == Ownership.ORPHAN && connection.state == TcpState.FIN_WAIT_2) {
            connection.idleNanos = nowNanos + config.nanos(TcpTunable.FIN_WAIT_2);
        } else if (connection.keepAlive && connection.state.isSynchronized()) {
            connection.idleNanos = connection.lastReceiveNanos + connection.keepAliveTimes.idleNanos();
        } else {
            connection.idleNanos = TimerWheel.NEVER;
        }
    }

    private static long earlier(long first, long second) {
        if (first == TimerWheel.NEVER) {
            return second;
        }
        return second != TimerWheel.NEVER && second - first < 0 ? second : first;
    }
}
