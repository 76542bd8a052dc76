package io.demijohn.stack.udp;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.StackCounters;
import io.demijohn.stack.group.Groups;
import io.demijohn.stack.ip.IpOutput;
import io.demijohn.stack.ip.Routes;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.Ipv6Header;
import io.demijohn.stack.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * UDP of one stack (RFC 768): ports, datagrams in and out, and reports about them.
 *
 * <p>Owned by the stack; driver thread only. A datagram that one packet cannot carry is a {@link PacketChain}, cut so that IP
 * can send its pieces as they are. Allocates when a socket is bound, never per datagram.
 */
public final class Udp {
    private static final int BUCKETS = 1024;
    private static final int PORT_FIRST = 32768;
    private static final int PORT_LAST = 60999;
    private static final int LENGTH_MAX = 65_535;

    private final IpOutput output;
    private final Routes routes;
    private final UdpGroups groups;
    private final StackCounters counters;
    private final SplittableRandom random;
    private final @Nullable UdpSocket[] buckets = new UdpSocket[BUCKETS];
    private @Nullable UdpSocket touchedHead;
    private @Nullable UdpSocket touchedTail;
    private int lastStatus;

    /** Makes UDP without a socket; {@code seed} chooses the ephemeral ports. */
    public Udp(
            IpOutput output,
            Routes routes,
            Groups ipv4Groups,
            @Nullable Groups ipv6Groups,
            StackCounters counters,
            long seed) {
        this.output = output;
        this.routes = routes;
        this.groups = new UdpGroups(ipv4Groups, ipv6Groups);
        this.counters = counters;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Binds a socket, port 0 to a random free one; null: see {@link #lastStatus}.
     *
     * @param receiveBytes bound of the memory that waiting datagrams hold
     */
    public @Nullable UdpSocket bind(IpAddress local, int port, boolean reuseAddress, int receiveBytes) {
        boolean usable = routes.isLocal(local.high(), local.low()) || routes.isGroup(local.high(), local.low());
        if (!local.isAny() && !usable) {
            lastStatus = UdpStatus.ADDRESS_NOT_AVAILABLE;
            return null;
        }
        int chosen = port == 0 ? chooseEphemeral(local) : port;
        if (chosen < 0) {
            lastStatus = chosen;
            return null;
        }
        if (port != 0 && !isFree(local, port, reuseAddress)) {
            lastStatus = UdpStatus.ADDRESS_IN_USE;
            return null;
        }
        UdpSocket socket = new UdpSocket(local, chosen, reuseAddress, receiveBytes);
        int bucket = chosen & (BUCKETS - 1);
        socket.nextInBucket = buckets[bucket];
        buckets[bucket] = socket;
        return socket;
    }

    /** Returns why the last {@link #bind} gave null, a {@link UdpStatus}. */
    public int lastStatus() {
        return lastStatus;
    }

    /** Returns the memberships of sockets in groups. */
    public UdpGroups groups() {
        return groups;
    }

    /** Unbinds the socket, leaves its groups and releases what waits; idempotent. */
    public void close(UdpSocket socket, long nowNanos) {
        if (socket.closed) {
            return;
        }
        groups.leaveAll(socket, nowNanos);
        int bucket = socket.localPort() & (BUCKETS - 1);
        UdpSocket at = buckets[bucket];
        if (at == socket) {
            buckets[bucket] = socket.nextInBucket;
        } else {
            while (at != null && at.nextInBucket != socket) {
                at = at.nextInBucket;
            }
            if (at != null) {
                at.nextInBucket = socket.nextInBucket;
            }
        }
        socket.nextInBucket = null;
        socket.close();
        touch(socket);
    }

    /** Returns the largest payload in bytes that {@link #send} takes for that destination, in fragments if it must. */
    public static int payloadMaxBytes(long destinationHigh, long destinationLow) {
        int headers = IpAddress.isIpv4(destinationHigh, destinationLow) ? Ipv4Header.BYTES : 0;
        return LENGTH_MAX - headers - UdpHeader.BYTES;
    }

    /** Sends what remains in {@code payload} as one datagram; returns its size in bytes or a {@link UdpStatus}. */
    public int send(
            UdpSocket socket,
            long destinationHigh,
            long destinationLow,
            int destinationPort,
            ByteBuffer payload,
            long nowNanos) {
        int bytes = payload.remaining();
        if (socket.closed) {
            return UdpStatus.CLOSED;
        }
        if (bytes > payloadMaxBytes(destinationHigh, destinationLow)) {
            return UdpStatus.TOO_BIG;
        }
        boolean group = routes.isGroup(destinationHigh, destinationLow);
        boolean ipv4 = IpAddress.isIpv4(destinationHigh, destinationLow);
        if (group && ipv4 && !IpAddress.isIpv4Multicast(destinationLow) && !socket.mayBroadcast()) {
            return UdpStatus.NOT_PERMITTED;
        }
        IpAddress source = sourceOf(socket, group, destinationHigh, destinationLow);
        boolean leads = group || routes.reaches(destinationHigh, destinationLow);
        if (!leads || source.isAny() || source.isIpv4() != ipv4) {
            return UdpStatus.UNREACHABLE;
        }
        int length = UdpHeader.BYTES + bytes;
        PacketBuffer packet = fill(payload, length, destinationHigh, destinationLow);
        if (packet == null) {
            return UdpStatus.NO_MEMORY;
        }
        long header = packet.address();
        UdpHeader.write(header, socket.localPort(), destinationPort, length);
        int pseudo = Checksum.pseudo(
                source.high(), source.low(), destinationHigh, destinationLow, Ipv4Header.PROTOCOL_UDP, length);
        UdpHeader.setChecksum(header, ~PacketChain.sum(packet, length, pseudo) & 0xffff);
        counters.udpSent++;
        output.send(
                packet,
                source.high(),
                source.low(),
                destinationHigh,
                destinationLow,
                Ipv4Header.PROTOCOL_UDP,
                socket.service(group),
                nowNanos);
        return bytes;
    }

    private IpAddress sourceOf(UdpSocket socket, boolean group, long destinationHigh, long destinationLow) {
        IpAddress own = socket.localAddress();
        IpAddress chosen = group ? socket.groupSource() : null;
        if (chosen != null) {
            return chosen;
        }
        boolean fixed = !own.isAny() && !routes.isGroup(own.high(), own.low());
        return fixed ? own : routes.sourceFor(destinationHigh, destinationLow);
    }

    /**
     * Gives a datagram of {@code length} bytes, its UDP header still to be written, in one packet or in pieces of one
     * fragment each; null, and the payload untouched, if buffers are short.
     */
    private @Nullable PacketBuffer fill(ByteBuffer payload, int length, long destinationHigh, long destinationLow) {
        int ipBytes = IpAddress.isIpv4(destinationHigh, destinationLow) ? Ipv4Header.BYTES : Ipv6Header.BYTES;
        boolean whole = length + ipBytes <= output.mtuBytes(destinationHigh, destinationLow);
        int pieceBytes = whole ? length : output.fragmentBytes(destinationHigh, destinationLow);
        int start = payload.position();
        PacketBuffer head = null;
        PacketBuffer last = null;
        for (int offset = 0; offset < length; offset += pieceBytes) {
            PacketBuffer piece = output.allocate();
            if (piece == null) {
                PacketChain.release(head);
                payload.position(start);
                return null;
            }
            int bytes = Math.min(pieceBytes, length - offset);
            int headerBytes = last == null ? UdpHeader.BYTES : 0;
            Mem.copyIn(payload, piece.append(bytes) + headerBytes, bytes - headerBytes);
            head = head == null ? piece : head;
            if (last != null) {
                last.more = piece;
            }
            last = piece;
        }
        return head;
    }

    /**
     * Takes a datagram, one buffer or a chain, window at the UDP header, unless it returns false: no socket has the port,
     * the packet stays the caller's and its window is as before.
     */
    public boolean receive(
            PacketBuffer packet,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            boolean checksumVerified) {
        int length = soundLength(packet, sourceHigh, sourceLow, destinationHigh, destinationLow, checksumVerified);
        if (length < 0) {
            PacketChain.release(packet);
            return true;
        }
        long header = packet.address();
        int sourcePort = UdpHeader.sourcePort(header);
        UdpSocket socket =
                find(destinationHigh, destinationLow, UdpHeader.targetPort(header), sourceHigh, sourceLow, sourcePort);
        if (socket == null) {
            counters.dropUdpNoSocket++;
            return false;
        }
        PacketChain.trimTo(packet, length);
        packet.trimFront(UdpHeader.BYTES);
        give(packet, socket, sourceHigh, sourceLow, sourcePort);
        return true;
    }

    /** Takes a datagram to a multicast or broadcast address and gives it to each socket that hears it (RFC 1122, 4.1.3.5). */
    public void receiveGroup(
            PacketBuffer packet,
            long sourceHigh,
            long sourceLow,
            long groupHigh,
            long groupLow,
            boolean checksumVerified) {
        int length = soundLength(packet, sourceHigh, sourceLow, groupHigh, groupLow, checksumVerified);
        if (length < 0) {
            PacketChain.release(packet);
            return;
        }
        int sourcePort = UdpHeader.sourcePort(packet.address());
        int port = UdpHeader.targetPort(packet.address());
        PacketChain.trimTo(packet, length);
        packet.trimFront(UdpHeader.BYTES);
        boolean multicast = !IpAddress.isIpv4(groupHigh, groupLow) || IpAddress.isIpv4Multicast(groupLow);
        UdpSocket waiting = null;
        for (UdpSocket at = buckets[port & (BUCKETS - 1)]; at != null; at = at.nextInBucket) {
            if (at.localPort() != port
                    || !at.hears(groupHigh, groupLow, multicast, sourceHigh, sourceLow, sourcePort)) {
                continue;
            }
            PacketBuffer copy = waiting == null ? null : copyOf(packet);
            if (copy != null) {
                give(copy, at, sourceHigh, sourceLow, sourcePort);
            }
            waiting = waiting == null ? at : waiting;
        }
        if (waiting == null) {
            counters.dropUdpNoSocket++;
            PacketChain.release(packet);
        } else {
            give(packet, waiting, sourceHigh, sourceLow, sourcePort);
        }
    }

    /** Returns a copy of the chain, or null if buffers are short. */
    private @Nullable PacketBuffer copyOf(PacketBuffer chain) {
        PacketBuffer head = null;
        PacketBuffer last = null;
        for (PacketBuffer piece = chain; piece != null; piece = piece.more) {
            PacketBuffer copy = output.allocate();
            if (copy == null || copy.tailroom() < piece.length()) {
                PacketChain.release(copy);
                PacketChain.release(head);
                return null;
            }
            Mem.copy(piece.address(), copy.append(piece.length()), piece.length());
            head = head == null ? copy : head;
            if (last != null) {
                last.more = copy;
            }
            last = copy;
        }
        return head;
    }

    private void give(PacketBuffer datagram, UdpSocket socket, long sourceHigh, long sourceLow, int sourcePort) {
        if (socket.offer(datagram, sourceHigh, sourceLow, sourcePort)) {
            counters.udpReceived++;
            touch(socket);
        } else {
            counters.dropUdpQueueFull++;
            PacketChain.release(datagram);
        }
    }

    /** Returns the size that the UDP header says, or -1 if the datagram is to be dropped; then its reason is counted. */
    private int soundLength(
            PacketBuffer packet,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            boolean checksumVerified) {
        long header = packet.address();
        int length = packet.length() < UdpHeader.BYTES ? 0 : UdpHeader.length(header);
        if (length < UdpHeader.BYTES || length > PacketChain.bytes(packet)) {
            counters.dropUdpMalformed++;
            return -1;
        }
        boolean none = UdpHeader.checksum(header) == 0;
        if (none && !IpAddress.isIpv4(destinationHigh, destinationLow)) { // RFC 8200, 8.1
            counters.dropUdpChecksum++;
            return -1;
        }
        if (!checksumVerified && !none) {
            int pseudo = Checksum.pseudo(
                    sourceHigh, sourceLow, destinationHigh, destinationLow, Ipv4Header.PROTOCOL_UDP, length);
            if (PacketChain.sum(packet, length, pseudo) != 0xffff) {
                counters.dropUdpChecksum++;
                return -1;
            }
        }
        return length;
    }

    /** Returns whether a socket may have sent from there to there, so that a report about it can be true (RFC 8201, 4). */
    public boolean sends(
            long localHigh, long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort) {
        return find(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort) != null;
    }

    /**
     * Takes an ICMP report about a datagram of ours (RFC 1122, 4.1.3.3). A connected socket fails if it is {@code hard}, as
     * Linux has it: on others, and for trouble that may pass, the application would take the next send for what failed.
     */
    public void onUnreachable(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int status,
            boolean hard) {
        UdpSocket socket = find(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        if (socket == null || socket.remoteAddress() == null) {
            return;
        }
        if (!hard) {
            counters.udpSoftErrors++;
            socket.failSoftly(status);
            return;
        }
        socket.fail(status);
        touch(socket);
    }

    /** Gives the next socket whose events changed since it was last given, or null. */
    public @Nullable UdpSocket nextTouched() {
        UdpSocket socket = touchedHead;
        if (socket != null) {
            touchedHead = socket.nextTouched;
            touchedTail = touchedHead == null ? null : touchedTail;
            socket.nextTouched = null;
            socket.touched = false;
        }
        return socket;
    }

    private void touch(UdpSocket socket) {
        if (socket.touched) {
            return;
        }
        socket.touched = true;
        UdpSocket last = touchedTail;
        if (last == null) {
            touchedHead = socket;
        } else {
            last.nextTouched = socket;
        }
        touchedTail = socket;
    }

    private @Nullable UdpSocket find(
            long localHigh, long localLow, int localPort, long peerHigh, long peerLow, int peerPort) {
        UdpSocket best = null;
        int bestScore = 0;
        for (UdpSocket at = buckets[localPort & (BUCKETS - 1)]; at != null; at = at.nextInBucket) {
            int score = at.localPort() == localPort ? at.match(localHigh, localLow, peerHigh, peerLow, peerPort) : 0;
            if (score > bestScore) {
                best = at;
                bestScore = score;
            }
        }
        return best;
    }

    /** Returns a random free port (RFC 6056, 3.3.1), or a status. */
    private int chooseEphemeral(IpAddress local) {
        int range = PORT_LAST - PORT_FIRST + 1;
        int start = random.nextInt(range);
        for (int step = 0; step < range; step++) {
            int port = PORT_FIRST + (start + step) % range;
            if (isFree(local, port, false)) {
                return port;
            }
        }
        return UdpStatus.NO_PORTS;
    }

    private boolean isFree(IpAddress local, int port, boolean reuseAddress) {
        for (UdpSocket at = buckets[port & (BUCKETS - 1)]; at != null; at = at.nextInBucket) {
            if (at.conflictsWith(local, port, reuseAddress)) {
                return false;
            }
        }
        return true;
    }
}
