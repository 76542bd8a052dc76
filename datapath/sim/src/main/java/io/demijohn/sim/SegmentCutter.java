package io.demijohn.sim;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.TcpHeader;
import java.util.Objects;

/**
 * The part of a simulated device that cuts a packet into TCP segments (virtio 1.2, 5.1.6.2), each with the headers of the
 * whole: numbers go on, FIN and PSH are the last one's, CWR is the first one's.
 *
 * <p>Owned by a {@link SimHost}; its thread only.
 */
final class SegmentCutter implements AutoCloseable {
    private static final int SEQUENCE = 4;
    private static final int FLAGS = 13;

    private final Region region = Region.allocate(SimHost.SLOT_BYTES);
    private final BufferPool pool = new BufferPool(region, SimHost.SLOT_BYTES);

    /** Takes one segment after the other. */
    interface Sink {
        /** Lends the segment, whole and with its checksums. */
        void send(PacketBuffer segment);
    }

    /** Gives each segment of {@code frame}, which asks to be cut, to {@code sink}; lends. */
    void cut(PacketBuffer frame, Sink sink) {
        int offset = frame.checksumStart();
        int headers = offset + TcpHeader.headerBytes(frame.address() + offset);
        int payload = PacketChain.bytes(frame) - headers;
        int unit = frame.segmentBytes();
        for (int done = 0; done < payload; done += unit) {
            int bytes = Math.min(unit, payload - done);
            PacketBuffer segment = Objects.requireNonNull(pool.acquire());
            long at = segment.append(headers + bytes);
            Mem.copy(frame.address(), at, headers);
            PacketChain.copyTo(frame, headers + done, bytes, at + headers);
            TcpFrame.putIpBytes(segment, headers + bytes - EthernetHeader.BYTES);
            boolean last = done + bytes == payload;
            int flags = TcpHeader.flags(at + offset);
            flags &= last ? ~0 : ~(TcpHeader.FIN | TcpHeader.PSH);
            flags &= done == 0 ? ~0 : ~TcpHeader.CWR;
            Mem.putU8(at + offset + FLAGS, flags);
            Mem.putIntBe(at + offset + SEQUENCE, TcpHeader.sequence(at + offset) + done);
            TcpFrame.repairChecksum(segment, offset);
            sink.send(segment);
            segment.release();
        }
    }

    @Override
    public void close() {
        region.close();
    }
}
