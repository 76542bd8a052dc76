package io.demijohn.spi.config;

/** Reads numbers, durations and sizes; -1 stands for what is none. */
final class Numbers {
    private static final String[] DURATION_UNITS = {"ns", "us", "ms", "s"};
    private static final long[] DURATION_NANOS = {1, 1_000, 1_000_000, 1_000_000_000};
    private static final String[] SIZE_UNITS = {"k", "m", "g"};
    private static final long[] SIZE_BYTES = {1L << 10, 1L << 20, 1L << 30};
    private static final int DIGITS_MAX = 18;

    private Numbers() {}

    /** Returns the decimal number in {@code text} if it is from 0 to {@code max}, else -1. */
    static int parse(String text, int max) {
        long value = digits(text);
        return value <= max ? (int) value : -1;
    }

    /** Returns the nanoseconds that {@code text} such as {@code 50us} means, else -1; only 0 needs no unit. */
    static long durationNanos(String text) {
        return "0".equals(text) ? 0 : withUnit(text, DURATION_UNITS, DURATION_NANOS);
    }

    /** Returns the bytes that {@code text} such as {@code 256m} means, else -1; no unit means bytes. */
    static long sizeBytes(String text) {
        long bytes = digits(text);
        return bytes >= 0 ? bytes : withUnit(text, SIZE_UNITS, SIZE_BYTES);
    }

    private static long withUnit(String text, String[] units, long[] factors) {
        for (int index = 0; index < units.length; index++) {
            if (text.endsWith(units[index])) {
                long count = digits(text.substring(0, text.length() - units[index].length()));
                if (count >= 0) {
                    return count <= Long.MAX_VALUE / factors[index] ? count * factors[index] : -1;
                }
            }
        }
        return -1;
    }

    private static long digits(String text) {
        if (text.isEmpty() || text.length() > DIGITS_MAX) {
            return -1;
        }
        long value = 0;
        for (int index = 0; index < text.length(); index++) {
            int digit = text.charAt(index) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
