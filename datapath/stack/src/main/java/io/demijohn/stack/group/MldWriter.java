package io.demijohn.stack.group;

import io.demijohn.device.BufferPool;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.link.EthernetOutput;
import io.demijohn.stack.link.Ipv6Link;
import io.demijohn.stack.link.OwnAddress;
import io.demijohn.stack.wire.EthernetHeader;
import io.demijohn.stack.wire.Icmpv6Header;
import io.demijohn.stack.wire.Ipv6Header;
import io.demijohn.stack.wire.Ipv6Kind;
import io.demijohn.stack.wire.MldMessage;

/**
 * Writes MLD messages into fresh packets and gives them to Ethernet, from our link-local address or, before there is one,
 * from the unspecified address (RFC 3810, 5.2.13).
 *
 * <p>Owned by {@link Groups}; driver thread only; never allocates.
 */
final class MldWriter extends RecordWriter {
    private static final int HOP_LIMIT = 1;
    private static final int HEADERS_BYTES = Ipv6Header.BYTES + MldMessage.ALERT_BYTES;

    private final EthernetOutput output;
    private final Ipv6Link link;

    MldWriter(BufferPool pool, EthernetOutput output, Ipv6Link link, StackCounters counters) {
        super(pool, counters, HEADERS_BYTES, Icmpv6Header.BYTES);
        this.output = output;
        this.link = link;
    }

    @Override
    int mtuBytes() {
        return link.mtuBytes();
    }

    @Override
    int recordBytes(int sources) {
        return MldMessage.RECORD_BYTES + sources * MldMessage.ADDRESS_BYTES;
    }

    @Override
    void writeRecord(long record, int type, long groupHigh, long groupLow, SourceList sources) {
        MldMessage.writeRecord(record, type, sources.count(), groupHigh, groupLow);
        for (int index = 0; index < sources.count(); index++) {
            MldMessage.putSource(record, index, sources.high(index), sources.low(index));
        }
    }

    @Override
    void sendReport(PacketBuffer packet, int count) {
        send(packet, MldMessage.REPORT_2, count, Ipv6Kind.LINK_GROUP_HIGH, MldMessage.VERSION_2_ROUTERS_LOW);
    }

    @Override
    public void reportOld(int version, long groupHigh, long groupLow) {
        sendShort(MldMessage.REPORT_1, groupHigh, groupLow, groupHigh, groupLow);
    }

    @Override
    public void leaveOld(long groupHigh, long groupLow) {
        sendShort(MldMessage.DONE, groupHigh, groupLow, Ipv6Kind.LINK_GROUP_HIGH, Ipv6Kind.ALL_ROUTERS_LOW);
    }

    private void sendShort(int type, long groupHigh, long groupLow, long toHigh, long toLow) {
        PacketBuffer packet = allocate();
        if (packet != null) {
            MldMessage.putGroup(packet.append(MldMessage.BYTES), groupHigh, groupLow);
            send(packet, type, 0, toHigh, toLow);
        }
    }

    /** Puts the ICMPv6 header over the message's first bytes, the other headers before it, and sends. */
    private void send(PacketBuffer packet, int type, int rest, long toHigh, long toLow) {
        OwnAddress own = link.linkLocal();
        long fromHigh = own == null ? 0 : own.high();
        long fromLow = own == null ? 0 : own.low();
        int bytes = packet.length();
        Icmpv6Header.write(packet.address(), type, 0, rest, bytes, fromHigh, fromLow, toHigh, toLow);
        MldMessage.writeAlert(packet.prepend(MldMessage.ALERT_BYTES));
        long header = packet.prepend(Ipv6Header.BYTES);
        int payloadBytes = bytes + MldMessage.ALERT_BYTES;
        Ipv6Header.write(header, payloadBytes, 0, Ipv6Header.HOP_BY_HOP, HOP_LIMIT, fromHigh, fromLow, toHigh, toLow);
        output.send(packet, Ipv6Kind.groupStation(toLow), EthernetHeader.TYPE_IPV6);
    }
}
