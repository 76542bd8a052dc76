package io.demijohn.stack.tcp;

import io.demijohn.device.Require;

/**
 * Records of the segments that were sent and not acknowledged, of all connections of one TCP in one array.
 *
 * <pre>
 *   record, eight longs:  start | end | sent at | next, previous | later, earlier | flags | - | -
 *
 *   flight.first -next-&gt; ... -next-&gt; flight.last            by sequence number
 *   flight.oldest -later-&gt; ... -later-&gt; flight.newest       by time of sending: neither SACKed nor lost
 * </pre>
 *
 * <p>Owned by {@link Tcp}; driver only. Allocates only when it grows, by doubling, up to {@link #RECORDS_MAX}: beyond it
 * nothing more is sent until acknowledgements free records. Keeps the sums of {@link Flight} with every change.
 */
final class SentSegments {
    static final int NONE = -1;
    /** The peer has it (RFC 2018). */
    static final int SACKED = 1;
    /** Believed lost, not sent again since. */
    static final int LOST = 2;
    /** Sent more than once. */
    static final int REPEATED = 4;

    /** Records of one TCP: 128 MiB of them. */
    static final int RECORDS_MAX = 1 << 21;

    private static final int RECORDS_FIRST = 256;
    private static final int STRIDE_SHIFT = 3;
    private static final int START = 0;
    private static final int END = 1;
    private static final int SENT = 2;
    private static final int ORDER = 3;
    private static final int TIME = 4;
    private static final int FLAGS = 5;
    private static final long LOW = 0xffff_ffffL;

    private long[] words = new long[RECORDS_FIRST << STRIDE_SHIFT];
    private int free = NONE; // chained through START
    private int fresh; // records from here on were never used

    long start(int record) {
        return words[(record << STRIDE_SHIFT) + START];
    }

    long end(int record) {
        return words[(record << STRIDE_SHIFT) + END];
    }

    long sentNanos(int record) {
        return words[(record << STRIDE_SHIFT) + SENT];
    }

    boolean has(int record, int flag) {
        return (words[(record << STRIDE_SHIFT) + FLAGS] & flag) != 0;
    }

    /** Returns the record behind this one in sequence, or {@link #NONE}. */
    int next(int record) {
        return (int) (words[(record << STRIDE_SHIFT) + ORDER] >> 32);
    }

    /** Returns the record before this one in sequence, or {@link #NONE}. */
    int previous(int record) {
        return (int) words[(record << STRIDE_SHIFT) + ORDER];
    }

    /** Returns the record that was sent after this one, or {@link #NONE}. */
    int later(int record) {
        return (int) (words[(record << STRIDE_SHIFT) + TIME] >> 32);
    }

    /** Notes a segment that leaves now, behind all others; false if there is no room for a record. */
    boolean append(Flight flight, long start, long end, long nowNanos) {
        int record = acquire();
        if (record == NONE) {
            return false;
        }
        int at = record << STRIDE_SHIFT;
        words[at + START] = start;
        words[at + END] = end;
        words[at + SENT] = nowNanos;
        words[at + FLAGS] = 0;
        int last = flight.last;
        words[at + ORDER] = link(NONE, last);
        if (last == NONE) {
            flight.first = record;
        } else {
            setNext(last, record);
        }
        flight.last = record;
        flight.count++;
        flight.outstandingBytes += (int) (end - start);
        addNewest(flight, record);
        return true;
    }

    /** Notes that a segment leaves again. */
    void repeat(Flight flight, int record, long nowNanos) {
        int at = record << STRIDE_SHIFT;
        if (has(record, LOST)) {
            flight.lostBytes -= bytes(record);
        } else {
            unlinkTime(flight, record);
        }
        words[at + FLAGS] = (words[at + FLAGS] & ~LOST) | REPEATED;
        words[at + SENT] = nowNanos;
        addNewest(flight, record);
    }

    /** Marks a segment as arrived; it must not be marked yet. */
    void markSacked(Flight flight, int record) {
        int at = record << STRIDE_SHIFT;
        if (has(record, LOST)) {
            flight.lostBytes -= bytes(record);
        } else {
            unlinkTime(flight, record);
        }
        words[at + FLAGS] = (words[at + FLAGS] & ~LOST) | SACKED;
        flight.sackedBytes += bytes(record);
        flight.sackedCount++;
    }

    /** Marks a segment as lost; it must be neither SACKed nor lost yet. */
    void markLost(Flight flight, int record) {
        Require.that(!has(record, LOST | SACKED), "segment marked lost twice, or though it arrived");
        unlinkTime(flight, record);
        words[(record << STRIDE_SHIFT) + FLAGS] |= LOST;
        int hint = flight.lostHint;
        boolean only = flight.lostBytes == 0; // without a hint others may stand before
        if (only || (hint != NONE && start(record) < start(hint))) {
            flight.lostHint = record;
        }
        flight.lostBytes += bytes(record);
    }

    /** Marks all as lost that is not SACKed. */
    void markAllLost(Flight flight) {
        while (flight.oldest != NONE) {
            markLost(flight, flight.oldest);
        }
        flight.lostHint = flight.first;
    }

    /** Takes all marks of loss back: what was believed lost is in flight. */
    void unmarkLost(Flight flight) {
        for (int record = flight.first; record != NONE; record = next(record)) {
            if (has(record, LOST)) {
                words[(record << STRIDE_SHIFT) + FLAGS] &= ~LOST;
                insertByTime(flight, record);
            }
        }
        flight.lostBytes = 0;
        flight.lostHint = NONE;
    }

    /** Takes all SACK marks back: the peer discarded what it had reported (RFC 2018, 8). */
    void unmarkSacked(Flight flight) {
        for (int record = flight.first; record != NONE; record = next(record)) {
            if (has(record, SACKED)) {
                words[(record << STRIDE_SHIFT) + FLAGS] &= ~SACKED;
                insertByTime(flight, record);
            }
        }
        flight.sackedBytes = 0;
        flight.sackedCount = 0;
        flight.sackHint = NONE;
    }

    /** Returns the first lost segment, or {@link #NONE}. */
    int firstLost(Flight flight) {
        if (flight.lostBytes == 0) {
            return NONE;
        }
        int record = flight.lostHint == NONE ? flight.first : flight.lostHint;
        while (record != NONE && !has(record, LOST)) {
            record = next(record);
        }
        Require.that(record != NONE, "lost bytes without a lost segment");
        flight.lostHint = record;
        return record;
    }

    /** Cuts a segment in two at {@code sequence}, both parts marked as the whole was; false if there is no room. */
    boolean split(Flight flight, int record, long sequence) {
        int second = acquire();
        if (second == NONE) {
            return false;
        }
        int at = record << STRIDE_SHIFT;
        int to = second << STRIDE_SHIFT;
        words[to + START] = sequence;
        words[to + END] = words[at + END];
        words[to + SENT] = words[at + SENT];
        words[to + FLAGS] = words[at + FLAGS];
        words[at + END] = sequence;
        int following = next(record);
        words[to + ORDER] = link(following, record);
        setNext(record, second);
        if (following == NONE) {
            flight.last = second;
        } else {
            setPrevious(following, second);
        }
        flight.count++;
        flight.sackedCount += has(record, SACKED) ? 1 : 0;
        if (!has(record, LOST | SACKED)) {
            int later = later(record);
            words[to + TIME] = link(later, record);
            setLater(record, second);
            if (later == NONE) {
                flight.newest = second;
            } else {
                setEarlier(later, second);
            }
        }
        return true;
    }

    /** Joins a lost segment with the lost ones behind it, as long as the whole is not longer than {@code bytesMax}. */
    void joinLost(Flight flight, int record, int bytesMax) {
        int second = next(record);
        while (second != NONE && has(second, LOST) && end(second) - start(record) <= bytesMax) {
            int following = next(second);
            words[(record << STRIDE_SHIFT) + END] = end(second);
            words[(record << STRIDE_SHIFT) + FLAGS] |= words[(second << STRIDE_SHIFT) + FLAGS];
            setNext(record, following);
            if (following == NONE) {
                flight.last = record;
            } else {
                setPrevious(following, record);
            }
            flight.count--;
            flight.sackHint = flight.sackHint == second ? record : flight.sackHint;
            flight.lostHint = flight.lostHint == second ? record : flight.lostHint;
            release(second);
            second = following;
        }
    }

    /** Forgets the first segment: it is acknowledged. */
    void removeFirst(Flight flight) {
        int record = flight.first;
        int bytes = bytes(record);
        int following = next(record);
        if (has(record, LOST)) {
            flight.lostBytes -= bytes;
        } else if (has(record, SACKED)) {
            flight.sackedBytes -= bytes;
            flight.sackedCount--;
        } else {
            unlinkTime(flight, record);
        }
        flight.outstandingBytes -= bytes;
        flight.count--;
        flight.first = following;
        if (following == NONE) {
            flight.last = NONE;
        } else {
            setPrevious(following, NONE);
        }
        flight.sackHint = flight.sackHint == record ? NONE : flight.sackHint;
        flight.lostHint = flight.lostHint == record ? NONE : flight.lostHint;
        release(record);
    }

    /** Cuts the front of the first segment off, up to {@code sequence} within it: that part is acknowledged. */
    void trimFirst(Flight flight, long sequence) {
        int record = flight.first;
        int bytes = (int) (sequence - start(record));
        words[(record << STRIDE_SHIFT) + START] = sequence;
        flight.outstandingBytes -= bytes;
        flight.lostBytes -= has(record, LOST) ? bytes : 0;
        flight.sackedBytes -= has(record, SACKED) ? bytes : 0;
    }

    /** Forgets all segments of a connection. */
    void clear(Flight flight) {
        while (!flight.isEmpty()) {
            removeFirst(flight);
        }
    }

    /** Returns whether another record can be had. */
    boolean hasRoom() {
        return free != NONE || fresh < RECORDS_MAX;
    }

    /** Returns whether so many more can be had for certain. */
    boolean hasRoom(int count) {
        return fresh <= RECORDS_MAX - count;
    }

    int bytes(int record) {
        return (int) (end(record) - start(record));
    }

    /** Returns how many records are in use: for tests. */
    int inUse() {
        int idle = 0;
        for (int record = free; record != NONE; record = (int) start(record)) {
            idle++;
        }
        return fresh - idle;
    }

    // ---- the order of sending --------------------------------------------------------------------------------------

    private void addNewest(Flight flight, int record) {
        int newest = flight.newest;
        words[(record << STRIDE_SHIFT) + TIME] = link(NONE, newest);
        if (newest == NONE) {
            flight.oldest = record;
        } else {
            setLater(newest, record);
        }
        flight.newest = record;
    }

    private void insertByTime(Flight flight, int record) {
        int before = flight.newest;
        while (before != NONE && sentNanos(before) > sentNanos(record)) {
            before = earlier(before);
        }
        int after = before == NONE ? flight.oldest : later(before);
        words[(record << STRIDE_SHIFT) + TIME] = link(after, before);
        if (before == NONE) {
            flight.oldest = record;
        } else {
            setLater(before, record);
        }
        if (after == NONE) {
            flight.newest = record;
        } else {
            setEarlier(after, record);
        }
    }

    private void unlinkTime(Flight flight, int record) {
        int later = later(record);
        int earlier = earlier(record);
        if (earlier == NONE) {
            flight.oldest = later;
        } else {
            setLater(earlier, later);
        }
        if (later == NONE) {
            flight.newest = earlier;
        } else {
            setEarlier(later, earlier);
        }
    }

    private int earlier(int record) {
        return (int) words[(record << STRIDE_SHIFT) + TIME];
    }

    private void setNext(int record, int next) {
        int at = (record << STRIDE_SHIFT) + ORDER;
        words[at] = link(next, (int) words[at]);
    }

    private void setPrevious(int record, int previous) {
        int at = (record << STRIDE_SHIFT) + ORDER;
        words[at] = (words[at] & ~LOW) | (previous & LOW);
    }

    private void setLater(int record, int later) {
        int at = (record << STRIDE_SHIFT) + TIME;
        words[at] = link(later, (int) words[at]);
    }

    private void setEarlier(int record, int earlier) {
        int at = (record << STRIDE_SHIFT) + TIME;
        words[at] = (words[at] & ~LOW) | (earlier & LOW);
    }

    private static long link(int forward, int back) {
        return ((long) forward << 32) | (back & LOW);
    }

    // ---- records ---------------------------------------------------------------------------------------------------

    private int acquire() {
        int record = free;
        if (record != NONE) {
            free = (int) start(record);
            return record;
        }
        if (fresh == words.length >> STRIDE_SHIFT) {
            if (fresh >= RECORDS_MAX) {
                return NONE;
            }
            long[] more = new long[words.length << 1];
            System.arraycopy(words, 0, more, 0, words.length);
            words = more;
        }
        return fresh++;
    }

    private void release(int record) {
        words[(record << STRIDE_SHIFT) + START] = free;
        free = record;
    }
}
