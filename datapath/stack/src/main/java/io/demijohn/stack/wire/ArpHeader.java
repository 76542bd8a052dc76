package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * An ARP packet for IPv4 over Ethernet (RFC 826); callers vouch for {@link #BYTES} at the address.
 *
 * <pre>
 *   0          2          4     5     6     8            14          18           24          28
 *   | hardware | protocol | len | len | op  | sender mac | sender ip | target mac | target ip |
 * </pre>
 */
public final class ArpHeader {
    public static final int BYTES = 28;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    private static final int HARDWARE_ETHERNET = 1;
    private static final int LENGTHS = 0x0604;

    private ArpHeader() {}

    /** Returns whether it is about IPv4 over Ethernet and a request or reply. */
    public static boolean isValid(long header) {
        int operation = operation(header);
        return Mem.getU16Be(header) == HARDWARE_ETHERNET
                && Mem.getU16Be(header + 2) == EthernetHeader.TYPE_IPV4
                && Mem.getU16Be(header + 4) == LENGTHS
                && (operation == REQUEST || operation == REPLY);
    }

    public static int operation(long header) {
        return Mem.getU16Be(header + 6);
    }

    public static long senderStation(long header) {
        return EthernetHeader.station(header + 8);
    }

    public static int senderAddress(long header) {
        return Mem.getIntBe(header + 14);
    }

    public static long targetStation(long header) {
        return EthernetHeader.station(header + 18);
    }

    public static int targetAddress(long header) {
        return Mem.getIntBe(header + 24);
    }

    /** Writes the whole packet. */
    public static void write(
            long header, int operation, long senderStation, int senderAddress, long targetStation, int targetAddress) {
        Mem.putU16Be(header, HARDWARE_ETHERNET);
        Mem.putU16Be(header + 2, EthernetHeader.TYPE_IPV4);
        Mem.putU16Be(header + 4, LENGTHS);
        Mem.putU16Be(header + 6, operation);
        EthernetHeader.putStation(header + 8, senderStation);
        Mem.putIntBe(header + 14, senderAddress);
        EthernetHeader.putStation(header + 18, targetStation);
        Mem.putIntBe(header + 24, targetAddress);
    }
}
