package io.demijohn.stack.ip;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import io.demijohn.stack.link.Ipv6Link;
import io.demijohn.stack.link.OwnAddress;
import io.demijohn.stack.wire.Ipv6Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where packets go: our own addresses, the networks they stand in, and the gateways for the rest.
 *
 * <p>Any thread. What concerns IPv4 never changes; what concerns IPv6 is as the {@link Ipv6Link} has it. Addresses are halves as in {@link IpAddress}. Never allocates after construction.
 */
public final class Routes {
    /** Low half of a next hop that does not exist. */
    public static final long NO_ROUTE = 0;

    private static final long LIMITED_BROADCAST = IpAddress.lowOfIpv4(-1);

    private final LocalNetwork[] networks;
    private final @Nullable IpAddress gateway;
    private final @Nullable Ipv6Link link;

    /** Makes the routes of a host without neighbours of IPv6. */
    public Routes(List<LocalNetwork> networks, @Nullable IpAddress gateway) {
        this(networks, gateway == null ? List.of() : List.of(gateway), null);
    }

    /** Makes the routes; {@code link} is null where IPv6 has no neighbours. */
    public Routes(List<LocalNetwork> networks, List<IpAddress> gateways, @Nullable Ipv6Link link) {
        this.networks = networks.toArray(LocalNetwork[]::new);
        this.gateway = gateways.stream().filter(IpAddress::isIpv4).findFirst().orElse(null);
        this.link = link;
    }

    /** Returns whether packets to that address are for us. */
    public boolean isLocal(long high, long low) {
        Ipv6Link over = link;
        if (over != null && !IpAddress.isIpv4(high, low)) {
            return over.isOwn(high, low);
        }
        for (LocalNetwork network : networks) {
            IpAddress own = network.address();
            boolean same = own.low() == low && own.high() == high;
            if (same || (network.wholePrefixIsLocal() && network.contains(high, low))) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether that address stands for several hosts: multicast, or a broadcast address of a network of ours. */
    public boolean isGroup(long high, long low) {
        if (!IpAddress.isIpv4(high, low)) {
            return Ipv6Kind.isMulticast(high);
        }
        if (((int) low >>> 28) == 0xE || low == LIMITED_BROADCAST) {
            return true;
        }
        for (LocalNetwork network : networks) {
            if (network.isBroadcast(high, low)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether we take packets to that IPv6 group. */
    public boolean isMember(long high, long low) {
        Ipv6Link over = link;
        return over != null && over.isMember(high, low);
    }

    /** Returns the low half of the IPv4 neighbour that leads to that address, itself or the gateway, or {@link #NO_ROUTE}. */
    public long nextHopLow(long high, long low) {
        for (LocalNetwork network : networks) {
            if (network.contains(high, low)) {
                return low;
            }
        }
        IpAddress through = gateway;
        boolean sameFamily = through != null && through.isIpv4() == IpAddress.isIpv4(high, low);
        return through != null && sameFamily ? through.low() : NO_ROUTE;
    }

    /** Returns whether packets can be sent to that address. */
    public boolean reaches(long high, long low) {
        Ipv6Link over = link;
        if (over != null && !IpAddress.isIpv4(high, low)) {
            return reachesOver(over, high, low);
        }
        return !isGroup(high, low) && low != IpAddress.IPV4_PREFIX && nextHopLow(high, low) != NO_ROUTE;
    }

    /** Returns our address that packets to this one come from, or {@link IpAddress#ANY} if we have none of its family. */
    public IpAddress sourceFor(long high, long low) {
        Ipv6Link over = link;
        if (over != null && !IpAddress.isIpv4(high, low)) {
            OwnAddress own = SourceSelection.choose(over.addresses(), high, low);
            return own == null ? IpAddress.ANY : own.address();
        }
        IpAddress sameNetwork = ownIn(high, low);
        if (sameNetwork != null) {
            return sameNetwork;
        }
        IpAddress through = gateway;
        IpAddress towardsGateway = through == null ? null : ownIn(through.high(), through.low());
        if (towardsGateway != null && towardsGateway.isIpv4() == IpAddress.isIpv4(high, low)) {
            return towardsGateway;
        }
        for (LocalNetwork network : networks) {
            if (network.address().isIpv4() == IpAddress.isIpv4(high, low)) {
                return network.address();
            }
        }
        return IpAddress.ANY;
    }

    private static boolean reachesOver(Ipv6Link over, long high, long low) {
        if (Ipv6Kind.isMulticast(high) || Ipv6Kind.isUnspecified(high, low) || Ipv6Kind.isLoopback(high, low)) {
            return false;
        }
        if (!over.isOnLink(high, low) && over.router() == null) {
            return false;
        }
        OwnAddress source = SourceSelection.choose(over.addresses(), high, low);
        return source != null && (Ipv6Kind.isLinkLocal(high) || !Ipv6Kind.isLinkLocal(source.high()));
    }

    /** Returns that address if it is our own, else our own in a network that contains it, or null. */
    private @Nullable IpAddress ownIn(long high, long low) {
        IpAddress containing = null;
        for (LocalNetwork network : networks) {
            IpAddress own = network.address();
            if (own.high() == high && own.low() == low) {
                return own;
            }
            if (containing == null && network.contains(high, low)) {
                containing = own;
            }
        }
        return containing;
    }
}
