package io.demijohn.stack.ip;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.LocalNetwork;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where packets go: our own addresses, the networks they stand in, and one gateway for the rest.
 *
 * <p>Immutable; any thread. Addresses are halves as in {@link IpAddress}. Never allocates after construction.
 */
public final class Routes {
    /** Low half of a next hop that does not exist. */
    public static final long NO_ROUTE = 0;

    private static final long LIMITED_BROADCAST = IpAddress.lowOfIpv4(-1);

    private final LocalNetwork[] networks;
    private final @Nullable IpAddress gateway;

    public Routes(List<LocalNetwork> networks, @Nullable IpAddress gateway) {
        this.networks = networks.toArray(LocalNetwork[]::new);
        this.gateway = gateway;
    }

    /** Returns whether packets to that address are for us. */
    public boolean isLocal(long high, long low) {
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
            return high >>> 56 == 0xff;
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

    /** Returns the low half of the neighbour that leads to that address, itself or the gateway, or {@link #NO_ROUTE}. */
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
        return !isGroup(high, low) && low != IpAddress.IPV4_PREFIX && nextHopLow(high, low) != NO_ROUTE;
    }

    /** Returns our address that packets to this one come from, or {@link IpAddress#ANY} if we have none of its family. */
    public IpAddress sourceFor(long high, long low) {
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
