package io.demijohn.stack.link;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.wire.EthernetHeader;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way to the device, in order.
 *
 * <p>Owned by the stack; driver thread only. Bounded by {@code framesMax}: beyond it frames are dropped and counted.
 */
public final class EthernetOutput {
    private final long station;
    private final int framesMax;
    private final StackCounters counters;
    private final FrameQueue frames = new FrameQueue();

    /** Makes an empty queue for frames from {@code station}. */
    public EthernetOutput(long station, int framesMax, StackCounters counters) {
        this.station = station;
        this.framesMax = framesMax;
        this.counters = counters;
    }

    /** Returns our own station address. */
    public long station() {
        return station;
    }

    /** Puts an Ethernet header before {@code packet} and queues it; takes it. */
    public void send(PacketBuffer packet, long target, int type) {
        if (frames.count() >= framesMax) {
            counters.dropTransmitFull++;
            packet.release();
            return;
        }
        EthernetHeader.write(packet.prepend(EthernetHeader.BYTES), target, station, type);
        frames.add(packet);
    }

    /** Gives the next frame for the device, or null. */
    public @Nullable PacketBuffer poll() {
        PacketBuffer frame = frames.poll();
        if (frame != null) {
            counters.framesSent++;
            counters.bytesSent += PacketChain.bytes(frame);
        }
        return frame;
    }

    /** Returns how many frames wait. */
    public int count() {
        return frames.count();
    }
}
