package io.demijohn.stack.tcp;

import io.demijohn.stack.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who has which local port: reservations and listeners.
 *
 * <p>Two reservations of one port conflict if their addresses are equal or one is the wildcard, unless both allow reuse and
 * nobody listens (as Linux's SO_REUSEADDR has it). A wildcard of IPv4 alone leaves IPv6 addresses to others (RFC 3493,
 * 5.3). Owned by {@link Tcp}; driver only. Reserving is control plane; {@link #listener} is on the way of each SYN and
 * allocates nothing.
 */
final class PortTable {
    private static final class Reservation {
        final IpAddress local;
        final boolean ipv4Only;
        final boolean reuse;

        @Nullable
        TcpListener listener;

        Reservation(IpAddress local, boolean ipv4Only, boolean reuse) {
            this.local = local;
            this.ipv4Only = ipv4Only;
            this.reuse = reuse;
        }

        boolean overlaps(IpAddress other, boolean otherIpv4Only) {
            return local.equals(other) || covers(local, ipv4Only, other) || covers(other, otherIpv4Only, local);
        }

        boolean is(IpAddress other, boolean otherIpv4Only) {
            return local.equals(other) && ipv4Only == otherIpv4Only;
        }

        private static boolean covers(IpAddress wildcard, boolean ofIpv4, IpAddress address) {
            return wildcard.isAny() && (!ofIpv4 || address.isIpv4());
        }
    }

    private static final int BUCKETS = 256;

    private final Map<Integer, List<Reservation>> byPort = new HashMap<>();
    private final @Nullable TcpListener[] listeners = new TcpListener[BUCKETS]; // chained, by the port's low bits

    /** Returns whether anybody reserved the port for an address that overlaps {@code local}. */
    boolean isReserved(IpAddress local, int port) {
        for (Reservation reservation : at(port)) {
            if (reservation.overlaps(local, false)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a reservation would be granted. */
    boolean isFree(IpAddress local, int port, boolean ipv4Only, boolean reuse) {
        for (Reservation other : at(port)) {
            boolean shared = reuse && other.reuse && other.listener == null;
            if (other.overlaps(local, ipv4Only) && !shared) {
                return false;
            }
        }
        return true;
    }

    void reserve(IpAddress local, int port, boolean ipv4Only, boolean reuse) {
        byPort.computeIfAbsent(port, key -> new ArrayList<>(1)).add(new Reservation(local, ipv4Only, reuse));
    }

    /** Ends one reservation of that address and port without a listener, if there is one. */
    void release(IpAddress local, int port, boolean ipv4Only) {
        List<Reservation> reservations = at(port);
        for (int index = reservations.size() - 1; index >= 0; index--) {
            Reservation reservation = reservations.get(index);
            if (reservation.is(local, ipv4Only) && reservation.listener == null) {
                reservations.remove(index);
                if (reservations.isEmpty()) {
                    byPort.remove(port);
                }
                return;
            }
        }
    }

    /** Puts a listener on a reservation: 0, or a negative {@link TcpStatus}. */
    int addListener(TcpListener listener) {
        Reservation own = null;
        for (Reservation reservation : at(listener.localPort())) {
            if (reservation.listener != null && reservation.overlaps(listener.localAddress(), listener.ipv4Only)) {
                return TcpStatus.ADDRESS_IN_USE;
            }
            if (own == null && reservation.is(listener.localAddress(), listener.ipv4Only)) {
                own = reservation;
            }
        }
        if (own == null) {
            return TcpStatus.ADDRESS_NOT_AVAILABLE;
        }
        own.listener = listener;
        int bucket = listener.localPort() & (BUCKETS - 1);
        listener.nextInBucket = listeners[bucket];
        listeners[bucket] = listener;
        return 0;
    }

    /** Takes the listener away; its reservation stays until {@link #release}. */
    void removeListener(TcpListener listener) {
        int port = listener.localPort();
        for (Reservation reservation : at(port)) {
            if (reservation.listener == listener) {
                reservation.listener = null;
            }
        }
        int bucket = port & (BUCKETS - 1);
        TcpListener before = null;
        TcpListener at = listeners[bucket];
        while (at != null && at != listener) {
            before = at;
            at = at.nextInBucket;
        }
        if (at != null && before == null) {
            listeners[bucket] = at.nextInBucket;
        } else if (at != null && before != null) {
            before.nextInBucket = at.nextInBucket;
        }
    }

    /** Returns who listens there: for the address itself, else for all. */
    @Nullable
    TcpListener listener(long localHigh, long localLow, int port) {
        TcpListener wildcard = null;
        TcpListener at = listeners[port & (BUCKETS - 1)];
        while (at != null) {
            if (at.localPort() == port) {
                IpAddress local = at.localAddress();
                if (local.low() == localLow && local.high() == localHigh) {
                    return at;
                }
                if (local.isAny() && (!at.ipv4Only || IpAddress.isIpv4(localHigh, localLow))) {
                    wildcard = at;
                }
            }
            at = at.nextInBucket;
        }
        return wildcard;
    }

    private List<Reservation> at(int port) {
        List<Reservation> reservations = byPort.get(port);
        return reservations == null ? List.of() : reservations;
    }
}
