package io.demijohn.stack.tcp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where in the stream of received bytes the urgent ones are (RFC 9293, 3.8.5; RFC 6093): the last byte before each urgent
 * pointer that came.
 *
 * <pre>
 *   mark = | position of the first urgent byte (48 bits) | count of urgent bytes behind each other (16 bits) |
 * </pre>
 *
 * <p>Made by a {@link ReceiveQueue} at the first urgent pointer. The engine's driver adds, the reader asks; each mark is one
 * word, so that neither sees half of one. Bytes that are urgent one behind the other share a mark. Of more than
 * {@link #MARKS} the oldest is forgotten and its bytes become ordinary, as with the kernel's single mark.
 */
final class UrgentMarks {
    private static final int MARKS = 4;
    private static final int COUNT_BITS = 16;
    private static final int COUNT_MAX = (1 << COUNT_BITS) - 1;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] slots = new long[MARKS]; // a count of 0: no mark
    private int newest; // the driver's

    /** Marks the byte at {@code position}; one that is not behind all marks was heard of before; driver only. */
    void add(long position) {
        long last = slots[newest];
        long end = first(last) + count(last);
        if (count(last) > 0 && position < end) {
            return;
        }
        if (count(last) > 0 && position == end && count(last) < COUNT_MAX) {
            SLOT.setRelease(slots, newest, last + 1);
            return;
        }
        newest = (newest + 1) % MARKS;
        SLOT.setRelease(slots, newest, position << COUNT_BITS | 1);
    }

    /** Returns how many bytes from {@code position} on are urgent, 0 if the one there is not; any thread. */
    int urgentAt(long position) {
        for (int index = 0; index < MARKS; index++) {
            long mark = (long) SLOT.getAcquire(slots, index);
            long into = position - first(mark);
            if (into >= 0 && into < count(mark)) {
                return (int) (count(mark) - into);
            }
        }
        return 0;
    }

    /** Returns how many bytes from {@code position} on come before the next urgent one; any thread. */
    long distanceFrom(long position) {
        long nearest = Long.MAX_VALUE;
        for (int index = 0; index < MARKS; index++) {
            long mark = (long) SLOT.getAcquire(slots, index);
            if (first(mark) + count(mark) > position && count(mark) > 0) {
                nearest = Math.min(nearest, Math.max(0, first(mark) - position));
            }
        }
        return nearest;
    }

    private static long first(long mark) {
        return mark >>> COUNT_BITS;
    }

    private static long count(long mark) {
        return mark & COUNT_MAX;
    }
}
