package io.demijohn.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes hostile frames from seen ones: changes fields that matter, then mostly repairs lengths and checksums so that the
 * frame gets deep into the stack.
 *
 * <p>One thread. Keeps the last frames that it was shown.
 */
final class FrameMutator {
    private static final int KEPT_MAX = 512;
    private static final int ETHERNET_BYTES = 14;
    private static final int IP_END = ETHERNET_BYTES + 20;
    private static final int IPV6_END = ETHERNET_BYTES + 40;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86dd;
    private static final int HEADERS_MAX = 8;
    private static final int FRAME_MAX_BYTES = 1900;
    private static final int CHANGES_MAX = 4;
    private static final double REPAIR_SHARE = 0.85;
    private static final int[] BYTES = {
        0, 1, 2, 3, 4, 5, 8, 10, 0x3f, 0x40, 0x45, 0x46, 0x4f, 0x60, 0x7f, 0x80, 0xf0, 0xff
    };
    private static final int[] INTS = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0xffff, 0x10000, 0x7fff_0000};

    private final SplittableRandom random;
    private final List<byte[]> kept = new ArrayList<>();

    FrameMutator(SplittableRandom random, List<byte[]> corpus) {
        this.random = random;
        kept.addAll(corpus);
    }

    /** Remembers a frame as a beginning of others. */
    void show(byte[] frame) {
        if (kept.size() < KEPT_MAX) {
            kept.add(frame);
        } else {
            kept.set(random.nextInt(KEPT_MAX), frame);
        }
    }

    /** Returns a new frame; there must be one to begin with. */
    byte[] next() {
        byte[] frame = kept.get(random.nextInt(kept.size())).clone();
        int changes = random.nextInt(CHANGES_MAX + 1);
        for (int change = 0; change < changes; change++) {
            frame = change(frame);
        }
        if (random.nextDouble() < REPAIR_SHARE) {
            repair(frame);
        }
        return frame;
    }

    private byte[] change(byte[] frame) {
        if (frame.length < IP_END + 8) {
            return Arrays.copyOf(frame, ETHERNET_BYTES + 8 + random.nextInt(200));
        }
        int at = ETHERNET_BYTES
                + random.nextInt(Math.min(frame.length, random.nextBoolean() ? 82 : 2000) - ETHERNET_BYTES);
        switch (random.nextInt(9)) {
            case 0 -> frame[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> frame[at] = (byte) BYTES[random.nextInt(BYTES.length)];
            case 2 -> frame[at] = (byte) random.nextInt();
            case 3 -> putInt(frame, at, INTS[random.nextInt(INTS.length)]);
            case 4 -> putInt(frame, at, getInt(frame, at) + random.nextInt(-3000, 3000));
            case 5 -> changeTcp(frame);
            case 6 -> {
                return Arrays.copyOf(frame, ETHERNET_BYTES + random.nextInt(frame.length - ETHERNET_BYTES) + 1);
            }
            case 7 -> {
                return Arrays.copyOf(frame, Math.min(FRAME_MAX_BYTES, frame.length + random.nextInt(600)));
            }
            default -> {
                return splice(frame, kept.get(random.nextInt(kept.size())), at);
            }
        }
        return frame;
    }

    /** Changes TCP's flags, numbers and window, near what they are. */
    private void changeTcp(byte[] frame) {
        int tcp = getShort(frame, 12) == TYPE_IPV6 ? IPV6_END : IP_END;
        int field = tcp + new int[] {4, 8, 13, 14}[random.nextInt(4)];
        if (field == tcp + 13 && field < frame.length) {
            frame[field] = (byte) random.nextInt(64);
        } else {
            putInt(frame, field, getInt(frame, field) + random.nextInt(-70_000, 70_000));
        }
    }

    private static byte[] splice(byte[] first, byte[] second, int at) {
        if (at >= second.length) {
            return first;
        }
        byte[] joined = Arrays.copyOf(first, second.length);
        int from = Math.min(at, first.length);
        System.arraycopy(second, from, joined, from, second.length - from);
        return joined;
    }

    // ---- what a receiver checks first ------------------------------------------------------------------------------

    /** Makes IP's length and checksum right and that of what it carries. */
    static void repair(byte[] frame) {
        if (frame.length >= IPV6_END && getShort(frame, 12) == TYPE_IPV6) {
            repairIpv6(frame);
        } else if (frame.length >= IP_END && getShort(frame, 12) == TYPE_IPV4) {
            repairIpv4(frame);
        }
    }

    private static void repairIpv4(byte[] frame) {
        int headerBytes = Math.max(20, (frame[ETHERNET_BYTES] & 15) * 4);
        int transport = ETHERNET_BYTES + headerBytes;
        if (transport > frame.length) {
            return;
        }
        putShort(frame, 16, frame.length - ETHERNET_BYTES);
        putShort(frame, 24, 0);
        putShort(frame, 24, ~sum(frame, ETHERNET_BYTES, transport, 0));
        int addresses = sum(frame, ETHERNET_BYTES + 12, ETHERNET_BYTES + 20, 0);
        repairTransport(frame, transport, frame[23], addresses);
    }

    private static void repairIpv6(byte[] frame) {
        putShort(frame, ETHERNET_BYTES + 4, frame.length - IPV6_END);
        int at = IPV6_END;
        int next = frame[ETHERNET_BYTES + 6];
        for (int count = 0; count < HEADERS_MAX && (next == 0 || next == 43 || next == 60); count++) {
            if (at + 8 > frame.length) {
                return;
            }
            next = frame[at];
            at += ((frame[at + 1] & 0xff) + 1) * 8;
        }
        if (at <= frame.length) {
            repairTransport(frame, at, next, sum(frame, ETHERNET_BYTES + 8, ETHERNET_BYTES + 40, 0));
        }
    }

    private static void repairTransport(byte[] frame, int transport, int protocol, int addresses) {
        int bytes = frame.length - transport;
        int pseudo = addresses + protocol + bytes;
        switch (protocol) {
            case 1, 2 -> checksum(frame, transport, 2, 0);
            case 6 -> checksum(frame, transport, 16, pseudo);
            case 17 -> {
                if (bytes >= 8) {
                    putShort(frame, transport + 4, bytes);
                }
                checksum(frame, transport, 6, pseudo);
            }
            case 58 -> checksum(frame, transport, 2, pseudo);
            default -> {}
        }
    }

    private static void checksum(byte[] frame, int from, int field, int start) {
        if (from + field + 2 <= frame.length) {
            putShort(frame, from + field, 0);
            putShort(frame, from + field, ~sum(frame, from, frame.length, start));
        }
    }

    private static int sum(byte[] frame, int from, int to, int start) {
        int sum = start;
        for (int at = from; at < to; at += 2) {
            sum += (frame[at] & 0xff) << 8 | (at + 1 < to ? frame[at + 1] & 0xff : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    private static int getShort(byte[] frame, int at) {
        return ByteBuffer.wrap(frame).getShort(at) & 0xffff;
    }

    private static void putShort(byte[] frame, int at, int value) {
        ByteBuffer.wrap(frame).putShort(at, (short) value);
    }

    private static int getInt(byte[] frame, int at) {
        return at + 4 <= frame.length ? ByteBuffer.wrap(frame).getInt(at) : 0;
    }

    private static void putInt(byte[] frame, int at, int value) {
        if (at + 4 <= frame.length) {
            ByteBuffer.wrap(frame).putInt(at, value);
        }
    }
}
