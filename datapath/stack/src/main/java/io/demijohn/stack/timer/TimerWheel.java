package io.demijohn.stack.timer;

import org.jspecify.annotations.Nullable;

/**
 * A hierarchical timer wheel: levels of 64 slots, ticks of about one millisecond, a bitmap of occupied slots per level.
 *
 * <pre>
 *   level 0: 64 slots of 1 tick; level 1: of 64 ticks; level 2: of 4096; ... level 7: beyond all time
 * </pre>
 *
 * <p>An entry lies in the level of the highest 6-bit digit in which its tick differs from the current one, so all entries
 * of a level are due before those of the next. Arming later than before only notes the deadline; the entry moves when
 * its old slot comes up. Deadlines are exact: the wheel gives an entry when {@code nowNanos} reached its deadline, not its
 * tick.
 *
 * <p>Owned by one user; one thread at a time. Never allocates, never calls its users: they poll.
 */
public final class TimerWheel {
    /** A deadline that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int TICK_SHIFT = 20;
    private static final int SLOT_SHIFT = 6;
    private static final int SLOTS = 1 << SLOT_SHIFT;
    private static final int LEVELS = 8; // 2^48 ticks: more than a long counts in nanoseconds

    /** One timer, part of what it times; in at most one wheel. */
    public static final class Entry {
        private final Object owner;
        private @Nullable Entry previous;
        private @Nullable Entry following;
        private int slot = -1; // level * SLOTS + slot, or -1 while not in the wheel
        private long slotDeadlineNanos; // the deadline it was placed by, at or before deadlineNanos
        private long deadlineNanos = NEVER;

        /** Makes a timer for {@code owner}, unarmed. */
        public Entry(Object owner) {
            this.owner = owner;
        }

        /** Returns what it times. */
        public Object owner() {
            return owner;
        }

        /** Returns when it is due, or {@link #NEVER}. */
        public long deadlineNanos() {
            return deadlineNanos;
        }
    }

    private final long originNanos;
    private final @Nullable Entry[] heads = new Entry[LEVELS * SLOTS];
    private final long[] occupied = new long[LEVELS];
    private long tick; // everything before it is done
    private long earliestNanos = NEVER; // nothing is due before
    private int size;

    /** Makes an empty wheel that starts at {@code nowNanos}. */
    public TimerWheel(long nowNanos) {
        this.originNanos = nowNanos;
    }

    /** Sets the entry's deadline, or unsets it with {@link #NEVER}. */
    public void arm(Entry entry, long deadlineNanos) {
        entry.deadlineNanos = deadlineNanos;
        if (deadlineNanos == NEVER || (entry.slot >= 0 && deadlineNanos - entry.slotDeadlineNanos >= 0)) {
            return;
        }
        if (entry.slot >= 0) {
            unlink(entry);
        }
        place(entry);
    }

    /** Unsets the deadline and takes the entry out of the wheel. */
    public void remove(Entry entry) {
        entry.deadlineNanos = NEVER;
        if (entry.slot >= 0) {
            unlink(entry);
        }
    }

    /** Gives one entry that is due, now unarmed, or null when no further one is. */
    public @Nullable Entry pollDue(long nowNanos) {
        if (earliestNanos == NEVER || earliestNanos - nowNanos > 0) {
            return null;
        }
        long nowTick = Math.max(tick, (nowNanos - originNanos) >> TICK_SHIFT);
        while (true) {
            Entry due = takeFromCurrentSlot(nowNanos);
            if (due != null) {
                return due;
            }
            if (!stepTowards(nowTick)) {
                break;
            }
        }
        earliestNanos = findEarliest();
        return null;
    }

    /** Returns when {@link #pollDue} may next give something: never later than the earliest deadline; {@link #NEVER} if empty. */
    public long nextDeadlineNanos() {
        return earliestNanos;
    }

    /** Returns how many entries lie in the wheel, unarmed ones not yet dropped included. */
    public int size() {
        return size;
    }

    /** Returns a due entry of the current slot; entries armed later since are placed again, unarmed ones dropped. */
    private @Nullable Entry takeFromCurrentSlot(long nowNanos) {
        int slot = (int) tick & (SLOTS - 1);
        Entry entry = heads[slot];
        while (entry != null) {
            Entry following = entry.following;
            if (entry.deadlineNanos == NEVER) {
                unlink(entry);
            } else if (entry.deadlineNanos - nowNanos <= 0) {
                unlink(entry);
                entry.deadlineNanos = NEVER;
                return entry;
            } else if (entry.slotDeadlineNanos != entry.deadlineNanos) {
                unlink(entry);
                place(entry); // in this slot again at most: then at its head, behind this walk
            }
            entry = following;
        }
        return null;
    }

    /** Moves the current tick to the next occupied slot, at most to {@code nowTick}; false once it is there. */
    private boolean stepTowards(long nowTick) {
        if (tick >= nowTick) {
            return false;
        }
        for (int level = 0; level < LEVELS; level++) {
            int shift = level * SLOT_SHIFT;
            int digit = (int) (tick >> shift) & (SLOTS - 1);
            long later = digit == SLOTS - 1 ? 0 : occupied[level] & (-1L << (digit + 1));
            if (later != 0) {
                long base = tick >> (shift + SLOT_SHIFT) << (shift + SLOT_SHIFT);
                int slot = Long.numberOfTrailingZeros(later);
                long target = base | ((long) slot << shift);
                if (target > nowTick) {
                    tick = nowTick;
                } else {
                    tick = target;
                    if (level > 0) {
                        spread(level * SLOTS + slot);
                    }
                }
                return true;
            }
        }
        tick = nowTick;
        return true;
    }

    /** Places the entries of one slot of an upper level again, now that its time has come. */
    private void spread(int slot) {
        Entry entry = heads[slot];
        while (entry != null) {
            Entry following = entry.following;
            unlink(entry);
            if (entry.deadlineNanos != NEVER) {
                place(entry);
            }
            entry = following;
        }
    }

    private long findEarliest() {
        for (int level = 0; level < LEVELS; level++) {
            int shift = level * SLOT_SHIFT;
            int digit = (int) (tick >> shift) & (SLOTS - 1);
            long later = occupied[level] & (-1L << digit);
            if (later == 0) {
                continue;
            }
            int slot = Long.numberOfTrailingZeros(later);
            if (level == 0) {
                return earliestOf(heads[slot]);
            }
            long base = tick >> (shift + SLOT_SHIFT) << (shift + SLOT_SHIFT);
            return originNanos + ((base | ((long) slot << shift)) << TICK_SHIFT);
        }
        return NEVER;
    }

    private static long earliestOf(@Nullable Entry head) {
        long earliest = NEVER;
        for (Entry entry = head; entry != null; entry = entry.following) {
            if (earliest == NEVER || entry.slotDeadlineNanos - earliest < 0) {
                earliest = entry.slotDeadlineNanos;
            }
        }
        return earliest;
    }

    private void place(Entry entry) {
        long deadline = entry.deadlineNanos;
        long due = Math.max(tick, (deadline - originNanos) >> TICK_SHIFT);
        int level = levelOf(due ^ tick);
        int digit = (int) (due >> (level * SLOT_SHIFT)) & (SLOTS - 1);
        int slot = level * SLOTS + digit;
        entry.slot = slot;
        entry.slotDeadlineNanos = deadline;
        Entry head = heads[slot];
        entry.previous = null;
        entry.following = head;
        if (head != null) {
            head.previous = entry;
        }
        heads[slot] = entry;
        occupied[level] |= 1L << digit;
        size++;
        if (earliestNanos == NEVER || deadline - earliestNanos < 0) {
            earliestNanos = deadline;
        }
    }

    private static int levelOf(long differing) {
        return differing == 0 ? 0 : (63 - Long.numberOfLeadingZeros(differing)) / SLOT_SHIFT;
    }

    private void unlink(Entry entry) {
        Entry previous = entry.previous;
        Entry following = entry.following;
        if (previous != null) {
            previous.following = following;
        } else {
            heads[entry.slot] = following;
            if (following == null) {
                occupied[entry.slot / SLOTS] &= ~(1L << (entry.slot % SLOTS));
            }
        }
        if (following != null) {
            following.previous = previous;
        }
        entry.previous = null;
        entry.following = null;
        entry.slot = -1;
        size--;
    }
}
