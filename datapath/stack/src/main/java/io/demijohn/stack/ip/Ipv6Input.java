package io.demijohn.stack.ip;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.group.Groups;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.FragmentHeader;
import io.demijohn.stack.wire.Ipv6Header;
import io.demijohn.stack.wire.Ipv6Kind;
import org.jspecify.annotations.Nullable;

/**
 * Checks received IPv6 packets (RFC 8200) and holds the fields of the last one.
 *
 * <p>Owned by the stack; driver thread only. The fields are copies taken before any check: bytes that change later change
 * nothing. Lends packets only, never releases them.
 */
public final class Ipv6Input {
    /** The packet is for a transport. */
    public static final int ACCEPTED = 0;
    /** The packet is to be dropped; its reason is counted. */
    public static final int DROPPED = 1;
    /** The sender is to be told of {@link #problemCode} at {@link #problemPointer}; then it is dropped, counted. */
    public static final int PROBLEM = 2;
    /** The packet is one fragment of several, which {@link #fragment} describes. */
    public static final int FRAGMENT = 3;

    private static final int VERSION = 6;
    private static final int PAYLOAD_MAX_BYTES = 65_535;

    private final Routes routes;
    private final @Nullable Groups groups;
    private final boolean ownSourceAllowed;
    private final StackCounters counters;
    private final ExtensionHeaders extensions = new ExtensionHeaders();
    private final Fragment fragment = new Fragment();
    private boolean reassembled;

    private int trafficClass;
    private int hopLimit;
    private long sourceHigh;
    private long sourceLow;
    private long targetHigh;
    private long targetLow;

    /**
     * Makes a checker.
     *
     * @param groups those that sockets joined, or null if there are none
     * @param ownSourceAllowed the device loops our own packets back to us
     */
    public Ipv6Input(Routes routes, @Nullable Groups groups, boolean ownSourceAllowed, StackCounters counters) {
        this.routes = routes;
        this.groups = groups;
        this.ownSourceAllowed = ownSourceAllowed;
        this.counters = counters;
    }

    /**
     * Checks the packet, one buffer or a chain, whose window begins at its IPv6 header, cuts what lies behind its length and
     * returns a verdict.
     */
    public int accept(PacketBuffer packet) {
        long header = packet.address();
        if (packet.length() < Ipv6Header.BYTES) {
            counters.dropIpTruncated++;
            return DROPPED;
        }
        if (Ipv6Header.version(header) != VERSION) {
            counters.dropIpMalformed++;
            return DROPPED;
        }
        int totalBytes = Ipv6Header.BYTES + Ipv6Header.payloadBytes(header);
        if (totalBytes > PacketChain.bytes(packet)) {
            counters.dropIpTruncated++;
            return DROPPED;
        }
        trafficClass = Ipv6Header.trafficClass(header);
        hopLimit = Ipv6Header.hopLimit(header);
        sourceHigh = Ipv6Header.sourceHigh(header);
        sourceLow = Ipv6Header.sourceLow(header);
        targetHigh = Ipv6Header.targetHigh(header);
        targetLow = Ipv6Header.targetLow(header);
        PacketChain.trimTo(packet, totalBytes);
        reassembled = false;
        if (!targetAllowed() || !sourceAllowed()) {
            return DROPPED;
        }
        return verdict(extensions.walk(header, packet.length(), toGroup()), header);
    }

    /**
     * Checks a chain put together from the fragment accepted last and others, window at the data, with the first fragment's
     * headers before it: takes its fragment header out, sets the window to the IPv6 header and returns a verdict.
     */
    public int acceptWhole(PacketBuffer chain, int firstHeaderBytes, int wholeTrafficClass) {
        long header = chain.prepend(firstHeaderBytes);
        trafficClass = wholeTrafficClass;
        int payloadBytes = PacketChain.bytes(chain) - FragmentHeader.BYTES - Ipv6Header.BYTES;
        boolean found = extensions.walk(header, firstHeaderBytes, toGroup()) == ExtensionHeaders.FRAGMENT;
        if (!found || payloadBytes > PAYLOAD_MAX_BYTES) {
            counters.dropFragmentMalformed++;
            return DROPPED;
        }
        int unfragmentableBytes = extensions.fragmentAt();
        Mem.putU8(header + extensions.namedAt(), FragmentHeader.nextHeader(header + unfragmentableBytes));
        Mem.copy(header, header + FragmentHeader.BYTES, unfragmentableBytes);
        chain.trimFront(FragmentHeader.BYTES);
        Ipv6Header.setPayloadBytes(chain.address(), payloadBytes);
        reassembled = true;
        int verdict = verdict(extensions.walk(chain.address(), chain.length(), toGroup()), chain.address());
        if (verdict == FRAGMENT) {
            counters.dropFragmentMalformed++; // fragments of fragments
            return DROPPED;
        }
        return verdict;
    }

    /** Returns the size of all headers before the transport. */
    public int headerBytes() {
        return extensions.offset();
    }

    public int protocol() {
        return extensions.protocol();
    }

    public int trafficClass() {
        return trafficClass;
    }

    public int hopLimit() {
        return hopLimit;
    }

    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long targetHigh() {
        return targetHigh;
    }

    public long targetLow() {
        return targetLow;
    }

    /** Returns whether the destination is a group. */
    public boolean toGroup() {
        return Ipv6Kind.isMulticast(targetHigh);
    }

    /** Returns the size of the headers before the fragment's data, the fragment header included. */
    public int fragmentHeaderBytes() {
        return extensions.fragmentAt() + FragmentHeader.BYTES;
    }

    /** Lends the place of the last packet in its datagram; only after {@link #FRAGMENT}. */
    public Fragment fragment() {
        return fragment;
    }

    /** Returns whether a router alert stood before the transport. */
    public boolean routerAlert() {
        return extensions.routerAlert();
    }

    /** Returns whether the packet came in fragments. */
    public boolean isReassembled() {
        return reassembled;
    }

    /** Returns the code of the parameter problem. */
    public int problemCode() {
        return extensions.problemCode();
    }

    /** Returns where the trouble is, in bytes from the IPv6 header. */
    public int problemPointer() {
        return extensions.problemPointer();
    }

    private boolean targetAllowed() {
        boolean ours = toGroup() ? isMember() : routes.isLocal(targetHigh, targetLow);
        if (!ours && !toGroup()) {
            counters.dropIpNotLocal++;
        } else if (!ours) {
            counters.dropMulticast++;
        }
        return ours;
    }

    private boolean isMember() {
        Groups joined = groups;
        return routes.isMember(targetHigh, targetLow) || (joined != null && joined.isMember(targetHigh, targetLow));
    }

    private boolean sourceAllowed() {
        boolean impossible = Ipv6Kind.isMulticast(sourceHigh) || Ipv6Kind.isIpv4Mapped(sourceHigh, sourceLow);
        boolean notFromOutside = Ipv6Kind.isLoopback(sourceHigh, sourceLow);
        if (impossible || (notFromOutside && !ownSourceAllowed)) {
            counters.dropIpMartian++;
            return false;
        }
        return true;
    }

    private int verdict(int end, long header) {
        switch (end) {
            case ExtensionHeaders.TRANSPORT -> {
                return transportAllowed() ? ACCEPTED : DROPPED;
            }
            case ExtensionHeaders.FRAGMENT -> {
                long at = header + extensions.fragmentAt();
                fragment.setKey(sourceHigh, sourceLow, targetHigh, targetLow, 0, FragmentHeader.identification(at));
                fragment.setPlace(
                        FragmentHeader.offsetBytes(at),
                        FragmentHeader.moreFollow(at),
                        fragmentHeaderBytes(),
                        trafficClass);
                return FRAGMENT;
            }
            case ExtensionHeaders.PROBLEM -> {
                counters.dropIpExtension++;
                return PROBLEM;
            }
            case ExtensionHeaders.EMPTY -> counters.dropIpEmpty++;
            default -> counters.dropIpExtension++;
        }
        return DROPPED;
    }

    /** Only neighbour discovery may come from nowhere or from an address that we hold for ours: it checks addresses. */
    private boolean transportAllowed() {
        if (protocol() == Ipv6Header.PROTOCOL_ICMP) {
            return true;
        }
        boolean nobody = Ipv6Kind.isUnspecified(sourceHigh, sourceLow);
        boolean own = !ownSourceAllowed && routes.isLocal(sourceHigh, sourceLow);
        if (nobody || own) {
            counters.dropIpMartian++;
        }
        return !nobody && !own;
    }
}
