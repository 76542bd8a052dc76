package apps.common;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Deterministic content: byte number {@code i} of every stream is {@code (byte) (i * 31 + (i >>> 8) * 7)}. */
public final class Bytes {
    private Bytes() {}

    /** Returns the byte at {@code position} of the stream. */
    public static byte at(long position) {
        return (byte) (position * 31 + (position >>> 8) * 7);
    }

    /** Returns the {@code count} bytes of the stream that begin at {@code position}. */
    public static byte[] range(long position, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = at(position + i);
        }
        return bytes;
    }

    /** Returns a fresh SHA-256 digest. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Returns what {@code digest} has seen, in lower-case hexadecimal. */
    public static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Returns the SHA-256 of {@code bytes} in lower-case hexadecimal. */
    public static String sha256(byte[] bytes) {
        MessageDigest digest = digest();
        digest.update(bytes);
        return hex(digest);
    }
}
