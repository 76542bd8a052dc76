package io.demijohn.sim.script;

/**
 * One TCP segment as a script sees it: sequence numbers relative to each side's SYN, the window in bytes.
 *
 * <p>A plain value. {@link #UNSET} in a field means not named (expected) or not there (observed).
 */
record Segment(
        int flags, int seq, int ack, int length, int window, int mss, int scale, int port, boolean checksumWrong) {
    static final int UNSET = Integer.MIN_VALUE;
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;

    private static final int COMPARED_FLAGS = FIN | SYN | RST | ACK;

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Returns whether {@code actual} is what this one, the expected, names. */
    boolean agrees(Segment actual) {
        return (flags & COMPARED_FLAGS) == (actual.flags & COMPARED_FLAGS)
                && length == actual.length
                && fits(seq, actual.seq)
                && fits(ack, actual.ack)
                && fits(window, actual.window)
                && fits(mss, actual.mss)
                && fits(scale, actual.scale);
    }

    /** Returns the segment in the language of scripts. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        flag(text, SYN, "SYN");
        flag(text, FIN, "FIN");
        flag(text, RST, "RST");
        flag(text, ACK, "ACK");
        pair(text, "seq", seq);
        pair(text, "ack", ack);
        pair(text, "len", length == 0 ? UNSET : length);
        pair(text, "win", window);
        pair(text, "mss", mss);
        pair(text, "scale", scale);
        return text.toString();
    }

    private static boolean fits(int expected, int actual) {
        return expected == UNSET || expected == actual;
    }

    private void flag(StringBuilder text, int flag, String name) {
        if (has(flag)) {
            text.append(text.length() == 0 ? "" : " ").append(name);
        }
    }

    private static void pair(StringBuilder text, String name, int value) {
        if (value != UNSET) {
            text.append(' ').append(name).append(' ').append(value);
        }
    }
}
