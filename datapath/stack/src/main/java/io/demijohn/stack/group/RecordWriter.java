package io.demijohn.stack.group;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.StackCounters;
import org.jspecify.annotations.Nullable;

/**
 * Collects group records in a packet until it is full: what {@link IgmpWriter} and {@link MldWriter} have in common.
 *
 * <p>Owned by {@link Groups}; driver thread only; never allocates.
 */
abstract class RecordWriter implements ReportWriter {
    private final BufferPool pool;
    private final StackCounters counters;
    private final int headersBytes;
    private final int messageBytes;
    private @Nullable PacketBuffer report;
    private int records;

    /**
     * Makes a writer without a report.
     *
     * @param headersBytes what stands before the message
     * @param messageBytes what stands in the message before the records
     */
    RecordWriter(BufferPool pool, StackCounters counters, int headersBytes, int messageBytes) {
        this.pool = pool;
        this.counters = counters;
        this.headersBytes = headersBytes;
        this.messageBytes = messageBytes;
    }

    @Override
    public final void add(int type, long groupHigh, long groupLow, SourceList sources) {
        int bytes = recordBytes(sources.count());
        PacketBuffer packet = report;
        if (packet != null && packet.length() + bytes + headersBytes > mtuBytes()) {
            flush();
            packet = null;
        }
        if (packet == null) {
            packet = allocate();
            if (packet == null) {
                return;
            }
            packet.append(messageBytes);
            report = packet;
            records = 0;
        }
        writeRecord(packet.append(bytes), type, groupHigh, groupLow, sources);
        records++;
    }

    @Override
    public final void flush() {
        PacketBuffer packet = report;
        if (packet != null) {
            report = null;
            sendReport(packet, records);
        }
    }

    /** Returns an empty packet, or null if there is none, which is counted. */
    final @Nullable PacketBuffer allocate() {
        PacketBuffer packet = pool.acquire();
        if (packet == null) {
            counters.buffersRefused++;
        }
        return packet;
    }

    /** Returns the largest packet in bytes that the link takes. */
    abstract int mtuBytes();

    abstract int recordBytes(int sources);

    abstract void writeRecord(long record, int type, long groupHigh, long groupLow, SourceList sources);

    /** Sends the message, whose records stand in {@code packet} behind the room for the rest. */
    abstract void sendReport(PacketBuffer packet, int count);
}
