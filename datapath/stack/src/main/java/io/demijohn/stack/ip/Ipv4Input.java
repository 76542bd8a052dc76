package io.demijohn.stack.ip;

import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.group.Groups;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.IgmpHeader;
import io.demijohn.stack.wire.Ipv4Header;

/**
 * Checks received IPv4 packets (RFC 791, RFC 1122 3.2.1) and holds the fields of the last accepted one.
 *
 * <p>Owned by the stack; driver thread only. The fields are copies taken before any check: bytes that change later change
 * nothing. Lends packets only, never releases them.
 */
public final class Ipv4Input {
    private static final int VERSION = 4;
    private static final int NET_LOOPBACK = 127;
    private static final int CLASS_D_FIRST = 224;
    private static final int ALL_HOSTS = 0xE000_0001;

    private final Routes routes;
    private final Groups groups;
    private final boolean ownSourceAllowed;
    private final boolean checksumDone;
    private final StackCounters counters;

    private final Fragment fragment = new Fragment();
    private boolean isFragment;
    private boolean toGroup;
    private int headerBytes;
    private int protocol;
    private int trafficClass;
    private int timeToLive;
    /** The addresses of the last packet to one host that were allowed: most often the next packet has them too. */
    private long unicastSourceLow;

    private long unicastTargetLow;
    private long sourceLow;
    private long targetLow;

    /**
     * Makes a checker.
     *
     * @param ownSourceAllowed the device loops our own packets back to us
     * @param checksumDone the device has checked header checksums
     */
    public Ipv4Input(
            Routes routes, Groups groups, boolean ownSourceAllowed, boolean checksumDone, StackCounters counters) {
        this.routes = routes;
        this.groups = groups;
        this.ownSourceAllowed = ownSourceAllowed;
        this.checksumDone = checksumDone;
        this.counters = counters;
    }

    /**
     * Checks the packet, one buffer or a chain, whose window begins at its IP header and cuts what lies behind its total
     * length. Returns false if the packet is to be dropped; then its reason is counted.
     */
    public boolean accept(PacketBuffer packet) {
        long header = packet.address();
        if (packet.length() < Ipv4Header.BYTES) {
            counters.dropIpTruncated++;
            return false;
        }
        headerBytes = Ipv4Header.headerBytes(header);
        int totalBytes = Ipv4Header.totalBytes(header);
        int heldBytes = PacketChain.bytes(packet);
        if (Ipv4Header.version(header) != VERSION || headerBytes < Ipv4Header.BYTES || totalBytes < headerBytes) {
            counters.dropIpMalformed++;
            return false;
        }
        if (totalBytes > heldBytes || headerBytes > packet.length()) {
            counters.dropIpTruncated++;
            return false;
        }
        if (!checksumDone && Checksum.of(header, headerBytes) != 0) {
            counters.dropIpChecksum++;
            return false;
        }
        protocol = Ipv4Header.protocol(header);
        trafficClass = Ipv4Header.trafficClass(header);
        timeToLive = Ipv4Header.timeToLive(header);
        sourceLow = IpAddress.lowOfIpv4(Ipv4Header.source(header));
        targetLow = IpAddress.lowOfIpv4(Ipv4Header.target(header));
        PacketChain.trimTo(packet, totalBytes);
        return addressesAllowed() && shapeAllowed(header);
    }

    /** Returns the size of the header with options; the transport begins behind it. */
    public int headerBytes() {
        return headerBytes;
    }

    /** Returns whether it is one fragment of several, which {@link #fragment} describes. */
    public boolean isFragment() {
        return isFragment;
    }

    /** Lends the place of the last accepted packet in its datagram; only if {@link #isFragment}. */
    public Fragment fragment() {
        return fragment;
    }

    public int protocol() {
        return protocol;
    }

    public int trafficClass() {
        return trafficClass;
    }

    /** Returns whether the destination is a multicast group that we are in, or a broadcast address. */
    public boolean toGroup() {
        return toGroup;
    }

    /** Returns the low half of the source's v4-mapped address. */
    public long sourceLow() {
        return sourceLow;
    }

    /** Returns the low half of the destination's v4-mapped address. */
    public long targetLow() {
        return targetLow;
    }

    public int timeToLive() {
        return timeToLive;
    }

    private boolean addressesAllowed() {
        if (sourceLow == unicastSourceLow && targetLow == unicastTargetLow) {
            toGroup = false;
            return true; // networks never change
        }
        toGroup = routes.isGroup(0, targetLow);
        if (toGroup && IpAddress.isIpv4Multicast(targetLow) && !isMember()) {
            counters.dropMulticast++;
            return false;
        }
        if (!toGroup && !routes.isLocal(0, targetLow)) {
            counters.dropIpNotLocal++;
            return false;
        }
        int net = (int) sourceLow >>> 24;
        boolean querier = (int) sourceLow == 0 && protocol == IgmpHeader.PROTOCOL; // a switch's (RFC 4541, 2.1.1)
        boolean impossible = (net == 0 && !querier) || net >= CLASS_D_FIRST || routes.isGroup(0, sourceLow);
        boolean notFromOutside = net == NET_LOOPBACK || routes.isLocal(0, sourceLow);
        if (impossible || (notFromOutside && !ownSourceAllowed)) {
            counters.dropIpMartian++;
            return false;
        }
        if (!toGroup && !querier) {
            unicastSourceLow = sourceLow;
            unicastTargetLow = targetLow;
        }
        return true;
    }

    private boolean isMember() {
        return (int) targetLow == ALL_HOSTS || groups.isMember(0, targetLow);
    }

    private boolean shapeAllowed(long header) {
        if (headerBytes > Ipv4Header.BYTES && Ipv4Header.hasSourceRoute(header, headerBytes)) {
            counters.dropIpSourceRoute++;
            return false;
        }
        isFragment = Ipv4Header.isFragment(header);
        if (isFragment) {
            fragment.setKey(0, sourceLow, 0, targetLow, protocol, Ipv4Header.identifier(header));
            fragment.setPlace(
                    Ipv4Header.fragmentOffset(header), Ipv4Header.moreFragments(header), headerBytes, trafficClass);
        }
        return true;
    }
}
