package io.demijohn.stack.group;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.link.EthernetOutput;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.IgmpHeader;

/**
 * Writes IGMP messages into fresh packets and gives them to Ethernet.
 *
 * <p>Owned by {@link Groups}; driver thread only; never allocates.
 */
final class IgmpWriter extends RecordWriter {
    private static final int ALL_ROUTERS = 0xE000_0002;
    private static final int VERSION_3_ROUTERS = 0xE000_0016;

    private final EthernetOutput output;
    private final int source;
    private final int mtuBytes;

    IgmpWriter(BufferPool pool, EthernetOutput output, int source, int mtuBytes, StackCounters counters) {
        super(pool, counters, IgmpHeader.IP_BYTES, IgmpHeader.BYTES);
        this.output = output;
        this.source = source;
        this.mtuBytes = mtuBytes;
    }

    @Override
    int mtuBytes() {
        return mtuBytes;
    }

    @Override
    int recordBytes(int sources) {
        return IgmpHeader.RECORD_BYTES + sources * IgmpHeader.SOURCE_BYTES;
    }

    @Override
    void writeRecord(long record, int type, long groupHigh, long groupLow, SourceList sources) {
        IgmpHeader.writeRecord(record, type, sources.count(), (int) groupLow);
        for (int index = 0; index < sources.count(); index++) {
            long at = record + IgmpHeader.RECORD_BYTES + (long) index * IgmpHeader.SOURCE_BYTES;
            Mem.putIntBe(at, (int) sources.low(index));
        }
    }

    @Override
    void sendReport(PacketBuffer packet, int count) {
        IgmpHeader.writeReport(packet.address(), count, packet.length());
        send(packet, VERSION_3_ROUTERS);
    }

    @Override
    public void reportOld(int version, long groupHigh, long groupLow) {
        int type = version == GroupQuery.VERSION_1 ? IgmpHeader.REPORT_1 : IgmpHeader.REPORT_2;
        sendShort(type, (int) groupLow, (int) groupLow);
    }

    @Override
    public void leaveOld(long groupHigh, long groupLow) {
        sendShort(IgmpHeader.LEAVE, (int) groupLow, ALL_ROUTERS);
    }

    private void sendShort(int type, int group, int target) {
        PacketBuffer packet = allocate();
        if (packet != null) {
            IgmpHeader.writeShort(packet.append(IgmpHeader.BYTES), type, group);
            send(packet, target);
        }
    }

    private void send(PacketBuffer packet, int target) {
        int totalBytes = packet.length() + IgmpHeader.IP_BYTES;
        IgmpHeader.writeIp(packet.prepend(IgmpHeader.IP_BYTES), totalBytes, source, target);
        output.send(packet, EthernetHeader.groupStation(IpAddress.lowOfIpv4(target)), EthernetHeader.TYPE_IPV4);
    }
}
