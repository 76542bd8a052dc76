package io.demijohn.stack.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final long NEVER = TimerWheel.NEVER;

    @Test
    void poll_beforeDeadline_givesNothingAndAtDeadlineTheEntry() {
        TimerWheel wheel = new TimerWheel(5);
        TimerWheel.Entry entry = new TimerWheel.Entry("a");
        wheel.arm(entry, 1_000_000_007L);
        assertNull(wheel.pollDue(1_000_000_006L));
        assertSame(entry, wheel.pollDue(1_000_000_007L));
        assertNull(wheel.pollDue(1_000_000_007L));
        assertEquals(NEVER, wheel.nextDeadlineNanos());
    }

    @Test
    void arm_later_keepsQuietUntilThen() {
        TimerWheel wheel = new TimerWheel(0);
        TimerWheel.Entry entry = new TimerWheel.Entry("a");
        wheel.arm(entry, 1_000_000);
        wheel.arm(entry, 900_000_000);
        assertNull(wheel.pollDue(899_999_999));
        assertSame(entry, wheel.pollDue(900_000_000));
    }

    @Test
    void remove_armed_neverComes() {
        TimerWheel wheel = new TimerWheel(0);
        TimerWheel.Entry entry = new TimerWheel.Entry("a");
        wheel.arm(entry, 1_000_000);
        wheel.remove(entry);
        assertNull(wheel.pollDue(2_000_000));
        assertEquals(0, wheel.size());
        assertEquals(NEVER, wheel.nextDeadlineNanos());
    }

    @Test
    void anyOperations_againstSortedModel_giveTheSame() {
        for (long seed = 1; seed <= 50; seed++) {
            compare(seed);
        }
    }

    private static void compare(long seed) {
        Random random = new Random(seed);
        long now = random.nextLong() >> 2;
        TimerWheel wheel = new TimerWheel(now);
        List<TimerWheel.Entry> entries = new ArrayList<>();
        long[] model = new long[40];
        for (int index = 0; index < model.length; index++) {
            entries.add(new TimerWheel.Entry(index));
            model[index] = NEVER;
        }
        for (int round = 0; round < 2000; round++) {
            String at = "seed " + seed + " round " + round;
            int index = random.nextInt(model.length);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    long delay = random.nextLong() >>> (22 + random.nextInt(40));
                    model[index] = now + delay;
                    wheel.arm(entries.get(index), now + delay);
                }
                case 2 -> {
                    model[index] = NEVER;
                    if (random.nextBoolean()) {
                        wheel.remove(entries.get(index));
                    } else {
                        wheel.arm(entries.get(index), NEVER);
                    }
                }
                default -> {
                    now += random.nextLong() >>> (24 + random.nextInt(38));
                    long earliest = earliest(model);
                    long told = wheel.nextDeadlineNanos();
                    assertTrue(earliest == NEVER || told - earliest <= 0, at);
                    poll(wheel, model, now, at);
                    assertTrue(wheel.nextDeadlineNanos() == NEVER || wheel.nextDeadlineNanos() - now > 0, at);
                }
            }
        }
    }

    private static void poll(TimerWheel wheel, long[] model, long now, String at) {
        TimerWheel.Entry due = wheel.pollDue(now);
        while (due != null) {
            int index = (Integer) due.owner();
            assertTrue(model[index] != NEVER && model[index] - now <= 0, at);
            model[index] = NEVER;
            due = wheel.pollDue(now);
        }
        long left = earliest(model);
        assertTrue(left == NEVER || left - now > 0, at);
    }

    private static long earliest(long[] model) {
        long earliest = NEVER;
        for (long deadline : model) {
            if (deadline != NEVER && (earliest == NEVER || deadline - earliest < 0)) {
                earliest = deadline;
            }
        }
        return earliest;
    }
}
