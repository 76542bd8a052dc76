package io.demijohn.stack.link;

import io.demijohn.device.PacketBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A first-in, first-out queue of packets linked through {@link PacketBuffer#next}.
 *
 * <p>Owned by whoever made it; driver thread only. Its bound is its users': they look at {@link #count}. Never allocates.
 */
public final class FrameQueue {
    private @Nullable PacketBuffer head;
    private @Nullable PacketBuffer tail;
    private int count;

    /** Appends {@code packet}; takes it. */
    public void add(PacketBuffer packet) {
        packet.next = null;
        PacketBuffer last = tail;
        if (last == null) {
            head = packet;
        } else {
            last.next = packet;
        }
        tail = packet;
        count++;
    }

    /** Gives the oldest packet, or null. */
    public @Nullable PacketBuffer poll() {
        PacketBuffer first = head;
        if (first == null) {
            return null;
        }
        head = first.next;
        if (head == null) {
            tail = null;
        }
        first.next = null;
        count--;
        return first;
    }

    /** Lends the oldest packet, or null. */
    public @Nullable PacketBuffer peek() {
        return head;
    }

    /** Returns how many packets wait. */
    public int count() {
        return count;
    }

    /** Releases all packets and returns how many there were. */
    public int releaseAll() {
        int released = 0;
        for (PacketBuffer packet = poll(); packet != null; packet = poll()) {
            packet.release();
            released++;
        }
        return released;
    }
}
