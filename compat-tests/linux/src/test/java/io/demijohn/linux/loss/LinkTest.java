package io.demijohn.linux.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a link does to frames, in virtual time. */
final class LinkTest {
    private static final int SLOTS = 1 << 14;
    private static final int FRAME_BYTES = 1000;
    private static final long SEED = 5;
    private static final long MILLI = 1_000_000;

    /** 8 Mbit/s: a frame of 1000 bytes takes a millisecond. */
    private static final double SLOW = 8e6;

    private static final double FAST = 1e15;

    @Test
    void frame_idleWire_arrivesAfterItsSendingAndTheDelay() {
        Link link = new Link(new LinkPlan(0, 5 * MILLI, 0, 0, SLOW, 10_000), SEED, SLOTS, 0);
        assertEquals(Link.TAKEN, link.offer(3, FRAME_BYTES, false, 100));
        assertEquals(100 + 6 * MILLI, link.next().dueNanos());
        assertEquals(3, link.next().remove());
    }

    @Test
    void frames_fasterThanTheWire_leaveAtItsRate() {
        Link link = new Link(new LinkPlan(0, 0, 0, 0, SLOW, 10_000), SEED, SLOTS, 0);
        for (int slot = 0; slot < 3; slot++) {
            link.offer(slot, FRAME_BYTES, false, 0);
        }
        for (int slot = 0; slot < 3; slot++) {
            assertEquals((slot + 1) * MILLI, link.next().dueNanos());
            assertEquals(slot, link.next().remove());
        }
    }

    @Test
    void queue_full_dropsTheNewest() {
        Link link = new Link(new LinkPlan(0, 0, 0, 0, SLOW, 3 * FRAME_BYTES), SEED, SLOTS, 0);
        for (int slot = 0; slot < 3; slot++) {
            assertEquals(Link.TAKEN, link.offer(slot, FRAME_BYTES, false, 0));
        }
        assertEquals(Link.QUEUE_FULL, link.offer(3, FRAME_BYTES, false, 0));
        assertEquals(Link.TAKEN, link.offer(3, FRAME_BYTES, false, MILLI));
    }

    @Test
    void loss_ofAPercentage_losesAboutThatAndTheSameEachTime() {
        LinkPlan plan = new LinkPlan(0.05, 0, 0, 0, FAST, Long.MAX_VALUE);
        List<Integer> lost = lostOf(new Link(plan, SEED, SLOTS, 0));
        assertEquals(lost, lostOf(new Link(plan, SEED, SLOTS, 0)));
        assertTrue(lost.size() > 400 && lost.size() < 600, lost.size() + " of 10000 lost");
    }

    @Test
    void loss_ofExemptFrames_isNone() {
        Link link = new Link(new LinkPlan(1, 0, 1, MILLI, FAST, Long.MAX_VALUE), SEED, SLOTS, 0);
        assertEquals(Link.TAKEN, link.offer(0, FRAME_BYTES, true, 0));
        assertEquals(Link.LOST, link.offer(1, FRAME_BYTES, false, 0));
    }

    @Test
    void reordering_lateFrame_isOvertakenByThoseWithinItsDelay() {
        Link link = new Link(new LinkPlan(0, 0, 0.2, 3 * MILLI, SLOW, Long.MAX_VALUE), SEED, SLOTS, 0);
        for (int slot = 0; slot < 100; slot++) {
            link.offer(slot, FRAME_BYTES, false, 0);
        }
        List<Integer> order = new ArrayList<>();
        long beforeNanos = 0;
        while (!link.next().isEmpty()) {
            assertTrue(link.next().dueNanos() >= beforeNanos, "time goes on");
            beforeNanos = link.next().dueNanos();
            order.add(link.next().remove());
        }
        assertEquals(100, order.stream().distinct().count());
        int overtaken = 0;
        for (int at = 0; at < order.size(); at++) {
            int ahead = at - order.get(at);
            assertTrue(ahead <= 3, "frame " + order.get(at) + " is " + ahead + " places late");
            overtaken += ahead > 0 ? 1 : 0;
        }
        assertTrue(overtaken > 5, overtaken + " were overtaken");
    }

    private static List<Integer> lostOf(Link link) {
        List<Integer> lost = new ArrayList<>();
        for (int frame = 0; frame < 10_000; frame++) {
            if (link.offer(frame, FRAME_BYTES, false, 0) == Link.LOST) {
                lost.add(frame);
            }
        }
        return lost;
    }
}
