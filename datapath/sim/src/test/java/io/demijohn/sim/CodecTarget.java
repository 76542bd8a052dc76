package io.demijohn.sim;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import io.demijohn.stack.wire.Checksum;
import io.demijohn.stack.wire.Ipv4Header;
import io.demijohn.stack.wire.NeighbourMessage;
import io.demijohn.stack.wire.TcpHeader;
import io.demijohn.stack.wire.TcpHeaderOptions;
import java.util.Arrays;

/**
 * What Jazzer gives its inputs to: the first octet chooses a codec, the rest is the packet. Each is read twice with other
 * bytes around it; what lies outside of the packet must not matter.
 *
 * <p>One thread.
 */
public final class CodecTarget {
    static final int TCP_OPTIONS = 0;
    static final int IPV4_OPTIONS = 1;
    static final int NEIGHBOUR_OPTIONS = 2;
    static final int CHECKSUM = 3;
    private static final int CODECS = 4;

    private static final int PLACE_BYTES = 4096;
    private static final int AROUND_BYTES = 1024;
    private static final int PACKET_MAX_BYTES = 2000;
    private static final int UNSOUND = -1;

    private static final Region PLACES = Region.allocate(2 * PLACE_BYTES);
    private static final TcpHeaderOptions OPTIONS = new TcpHeaderOptions();

    private CodecTarget() {}

    /** Reads a packet of so many bytes as its users do, and folds all that the codec tells into one number. */
    interface Codec {
        long read(long packet, int bytes);
    }

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] packet = Arrays.copyOfRange(input, 1, Math.min(input.length, PACKET_MAX_BYTES));
        check(
                packet,
                switch ((input[0] & 0xff) % CODECS) {
                    case TCP_OPTIONS -> CodecTarget::readTcpOptions;
                    case IPV4_OPTIONS -> CodecTarget::readIpv4Options;
                    case NEIGHBOUR_OPTIONS -> CodecTarget::readNeighbourOptions;
                    default -> Checksum::of;
                });
    }

    /** Requires that the codec tells the same of the packet, whatever lies around it. */
    static void check(byte[] packet, Codec codec) {
        long amongZeros = codec.read(place(packet, 0), packet.length);
        long amongOnes = codec.read(place(packet, 0xff), packet.length);
        if (amongZeros != amongOnes) {
            throw new AssertionError("the codec read outside of the packet");
        }
    }

    private static long place(byte[] packet, int around) {
        long start = PLACES.address() + (around == 0 ? 0 : PLACE_BYTES);
        long at = start + AROUND_BYTES + packet.length % 8;
        Mem.fill(start, PLACE_BYTES, around);
        Mem.copyIn(packet, 0, at, packet.length);
        return at;
    }

    private static long readTcpOptions(long packet, int bytes) {
        if (!TcpHeader.isSound(packet, bytes)) {
            return UNSOUND;
        }
        OPTIONS.read(packet);
        if (OPTIONS.windowScale() > TcpHeaderOptions.SHIFT_MAX
                || OPTIONS.sackBlocks() > TcpHeaderOptions.SACK_BLOCKS_MAX) {
            throw new AssertionError("out of range: " + OPTIONS.windowScale() + ", " + OPTIONS.sackBlocks());
        }
        long told = OPTIONS.mss() * 31L + OPTIONS.windowScale();
        told = told * 31 + (OPTIONS.sackPermitted() ? 1 : 0);
        if (OPTIONS.timestamps()) {
            told = (told * 31 + OPTIONS.timestampValue()) * 31 + OPTIONS.timestampEcho();
        }
        for (int block = 0; block < OPTIONS.sackBlocks(); block++) {
            told = (told * 31 + OPTIONS.sackStart(block)) * 31 + OPTIONS.sackEnd(block);
        }
        return told;
    }

    private static long readIpv4Options(long packet, int bytes) {
        if (bytes < Ipv4Header.BYTES) {
            return UNSOUND;
        }
        int headerBytes = Ipv4Header.headerBytes(packet);
        if (headerBytes < Ipv4Header.BYTES || headerBytes > bytes) {
            return UNSOUND;
        }
        return Ipv4Header.hasSourceRoute(packet, headerBytes) ? 1 : 0;
    }

    private static long readNeighbourOptions(long packet, int bytes) {
        if (!NeighbourMessage.optionsSound(packet, bytes)) {
            return UNSOUND;
        }
        long told = NeighbourMessage.station(packet, bytes, NeighbourMessage.OPTION_SOURCE_STATION);
        told = told * 31 + NeighbourMessage.station(packet, bytes, NeighbourMessage.OPTION_TARGET_STATION);
        for (int at = 0; at < bytes; at += NeighbourMessage.optionBytes(packet + at)) {
            told = told * 31 + NeighbourMessage.optionType(packet + at);
        }
        return told;
    }
}
