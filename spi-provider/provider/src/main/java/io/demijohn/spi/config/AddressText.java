package io.demijohn.spi.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Reads literal IP addresses; never asks a name service. */
final class AddressText {
    private static final int IPV4_BYTES = 4;

    private AddressText() {}

    /** Returns the address that {@code text} spells, or null if it spells none. */
    static @Nullable InetAddress parse(String text) {
        try {
            if (text.indexOf(':') >= 0) {
                // a text with a colon is never looked up; a scope would name an interface of the kernel
                return text.indexOf('%') >= 0 ? null : InetAddress.getByName(text);
            }
            byte[] bytes = ipv4(text);
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException malformed) {
            return null;
        }
    }

    /** Reads four decimal numbers; the JDK's and the C library's shorter and octal forms are refused. */
    private static byte @Nullable [] ipv4(String text) {
        byte[] bytes = new byte[IPV4_BYTES];
        int start = 0;
        for (int index = 0; index < IPV4_BYTES; index++) {
            int end = index < IPV4_BYTES - 1 ? text.indexOf('.', start) : text.length();
            int value = end < 0 ? -1 : Numbers.parse(text.substring(start, end), 255);
            if (value < 0 || (end - start > 1 && text.charAt(start) == '0')) {
                return null;
            }
            bytes[index] = (byte) value;
            start = end + 1;
        }
        return bytes;
    }

    /** Returns whether both are of one family and agree in the first {@code prefixLength} bits. */
    static boolean samePrefix(byte[] left, byte[] right, int prefixLength) {
        if (left.length != right.length) {
            return false;
        }
        int wholeBytes = prefixLength / Byte.SIZE;
        for (int index = 0; index < wholeBytes; index++) {
            if (left[index] != right[index]) {
                return false;
            }
        }
        int restBits = prefixLength % Byte.SIZE;
        return restBits == 0 || ((left[wholeBytes] ^ right[wholeBytes]) & 0xff) >>> (Byte.SIZE - restBits) == 0;
    }
}
