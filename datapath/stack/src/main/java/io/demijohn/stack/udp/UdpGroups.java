package io.demijohn.stack.udp;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.group.GroupFilter;
import io.demijohn.stack.group.Groups;
import io.demijohn.stack.wire.Ipv6Kind;
import org.jspecify.annotations.Nullable;

/**
 * Memberships of sockets in multicast groups: the calls behind the JDK's {@code MembershipKey} (RFC 3678, 4 and 5).
 *
 * <pre>
 *   no membership -- join ------> any source:  block, unblock of single sources   -- leave -------> none
 *                 -- joinSource -> one source:  joinSource, leaveSource of others  -- last one out -> none
 * </pre>
 *
 * <p>Owned by {@link Udp}; driver thread only; control plane, allocates. Each call returns 0 or a {@link UdpStatus}.
 */
public final class UdpGroups {
    private final Groups ipv4;
    private final @Nullable Groups ipv6;

    /** Makes the memberships; {@code ipv6} is null where nobody could be told of them. */
    UdpGroups(Groups ipv4, @Nullable Groups ipv6) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    /** Joins a group for all sources. */
    public int join(UdpSocket socket, IpAddress group, long nowNanos) {
        int status = checked(socket, group);
        if (status != 0) {
            return status;
        }
        if (socket.filter(group.high(), group.low()) != null) {
            return UdpStatus.MEMBERSHIP_CONFLICT;
        }
        return attach(socket, GroupFilter.anySource(group.high(), group.low()), nowNanos);
    }

    /** Leaves a group, whatever was joined of it. */
    public int leave(UdpSocket socket, IpAddress group, long nowNanos) {
        GroupFilter filter = socket.filter(group.high(), group.low());
        if (filter == null) {
            return UdpStatus.NOT_MEMBER;
        }
        detach(socket, filter, nowNanos);
        return 0;
    }

    /** Joins a group for one source (more). */
    public int joinSource(UdpSocket socket, IpAddress group, IpAddress source, long nowNanos) {
        int status = checked(socket, group);
        if (status != 0) {
            return status;
        }
        if (source.isIpv4() != group.isIpv4()) {
            return UdpStatus.NOT_MULTICAST;
        }
        GroupFilter filter = socket.filter(group.high(), group.low());
        if (filter == null) {
            GroupFilter made = GroupFilter.oneSource(group.high(), group.low(), source.high(), source.low());
            return attach(socket, made, nowNanos);
        }
        if (filter.excludes() || filter.names(source.high(), source.low())) {
            return UdpStatus.MEMBERSHIP_CONFLICT;
        }
        if (!filter.add(source.high(), source.low())) {
            return UdpStatus.NO_MEMORY;
        }
        groupsOf(filter).changed(filter, nowNanos);
        return 0;
    }

    /** Leaves a group for one of the sources joined. */
    public int leaveSource(UdpSocket socket, IpAddress group, IpAddress source, long nowNanos) {
        GroupFilter filter = socket.filter(group.high(), group.low());
        if (filter == null || filter.excludes() || !filter.remove(source.high(), source.low())) {
            return UdpStatus.NOT_MEMBER;
        }
        if (filter.sourceCount() == 0) {
            detach(socket, filter, nowNanos);
        } else {
            groupsOf(filter).changed(filter, nowNanos);
        }
        return 0;
    }

    /** Hears one source no more; only of a group joined for all. Idempotent. */
    public int block(UdpSocket socket, IpAddress group, IpAddress source, long nowNanos) {
        GroupFilter filter = socket.filter(group.high(), group.low());
        if (filter == null || !filter.excludes()) {
            return UdpStatus.NOT_MEMBER;
        }
        if (!filter.add(source.high(), source.low())) {
            return UdpStatus.NO_MEMORY;
        }
        groupsOf(filter).changed(filter, nowNanos);
        return 0;
    }

    /** Hears a blocked source again. */
    public int unblock(UdpSocket socket, IpAddress group, IpAddress source, long nowNanos) {
        GroupFilter filter = socket.filter(group.high(), group.low());
        if (filter == null || !filter.excludes() || !filter.remove(source.high(), source.low())) {
            return UdpStatus.NOT_MEMBER;
        }
        groupsOf(filter).changed(filter, nowNanos);
        return 0;
    }

    /** Leaves all groups. */
    void leaveAll(UdpSocket socket, long nowNanos) {
        for (GroupFilter filter = socket.anyFilter(); filter != null; filter = socket.anyFilter()) {
            socket.removeFilter(filter);
            groupsOf(filter).detach(filter, nowNanos);
        }
    }

    private int attach(UdpSocket socket, GroupFilter filter, long nowNanos) {
        if (!socket.hasFilterRoom() || !groupsOf(filter).attach(filter, nowNanos)) {
            return UdpStatus.NO_MEMORY;
        }
        socket.addFilter(filter);
        return 0;
    }

    private void detach(UdpSocket socket, GroupFilter filter, long nowNanos) {
        socket.removeFilter(filter);
        groupsOf(filter).detach(filter, nowNanos);
    }

    /** Returns the groups of the filter's family; it was attached to them, or is about to be. */
    private Groups groupsOf(GroupFilter filter) {
        Groups others = ipv6;
        return filter.isIpv4() || others == null ? ipv4 : others;
    }

    private int checked(UdpSocket socket, IpAddress group) {
        if (socket.closed) {
            return UdpStatus.CLOSED;
        }
        boolean multicast = group.isIpv4()
                ? IpAddress.isIpv4Multicast(group.low())
                : ipv6 != null && Ipv6Kind.isMulticast(group.high());
        return multicast ? 0 : UdpStatus.NOT_MULTICAST;
    }
}
