package io.demijohn.stack;

import io.demijohn.device.Capabilities;
import io.demijohn.stack.tcp.TcpConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a stack is told at its start; immutable.
 *
 * @param macAddress the device's station address in the low 48 bits
 * @param networks our addresses, at least one
 * @param gateway the way to all other networks, or null
 * @param mtuBytes largest IP packet that one frame carries
 * @param resolveNeighbours ARP is spoken; if false the device loops frames back and their destination is our own station
 * @param capabilities what the device does for the stack
 * @param tcp TCP's tunables
 * @param seed secret behind initial sequence numbers and random ports
 */
public record StackConfig(
        long macAddress,
        List<LocalNetwork> networks,
        @Nullable IpAddress gateway,
        int mtuBytes,
        boolean resolveNeighbours,
        Capabilities capabilities,
        TcpConfig tcp,
        long seed) {
    /** Smallest MTU that every IPv4 host must take whole (RFC 791, 3.2 asks for 576). */
    public static final int MTU_MIN_BYTES = 576;

    public StackConfig {
        networks = List.copyOf(networks);
        if (networks.isEmpty()) {
            throw new IllegalArgumentException("a stack without an address");
        }
        if (mtuBytes < MTU_MIN_BYTES || mtuBytes > 65_535) {
            throw new IllegalArgumentException("mtu " + mtuBytes + ": must be " + MTU_MIN_BYTES + " to 65535");
        }
    }
}
