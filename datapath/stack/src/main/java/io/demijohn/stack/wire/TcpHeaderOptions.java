package io.demijohn.stack.wire;

import io.demijohn.device.Mem;

/**
 * The options of one received TCP header, read in one pass, and the writers of those that we send.
 *
 * <pre>
 *   0             end of list            1                            no operation
 *   2 4 mss(16)   largest segment        3 3 shift(8)                 window scale (RFC 7323, 2)
 *   4 2           SACK permitted         5 2+8n start(32) end(32) ... SACK, n = 1 to 4 (RFC 2018)
 *   8 10 value(32) echo(32)              timestamps (RFC 7323, 3)
 *   kind length ...                      all others: skipped by their length (RFC 9293, MUST-6)
 * </pre>
 *
 * <p>One reused value for each TCP; driver only. The header must be sound ({@link TcpHeader#isSound}). A length below 2 or
 * beyond the header ends the search: what stands before it counts, nothing after it is looked at. A known option with a
 * wrong length is skipped. Of several options of one kind the first counts. Reading never fails.
 */
public final class TcpHeaderOptions {
    /** Largest shift that counts; larger ones are taken as this (RFC 7323, 2.3). */
    public static final int SHIFT_MAX = 14;
    /** SACK blocks that fit one header. */
    public static final int SACK_BLOCKS_MAX = 4;
    /** Size of {@link #putTimestamps}. */
    public static final int TIMESTAMPS_BYTES = 12;
    /** Most bytes of options that {@link #putSyn} writes. */
    public static final int SYN_BYTES_MAX = 20;

    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int MSS = 2;
    private static final int MSS_LENGTH = 4;
    private static final int WINDOW_SCALE = 3;
    private static final int WINDOW_SCALE_LENGTH = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK_PERMITTED_LENGTH = 2;
    private static final int SACK = 5;
    private static final int SACK_BLOCK_LENGTH = 8;
    private static final int TIMESTAMPS = 8;
    private static final int TIMESTAMPS_LENGTH = 10;
    /** No operation, no operation, timestamps, 10: how everybody aligns them (RFC 7323, appendix A). */
    private static final int ALIGNED_TIMESTAMPS = 0x0101_080A;

    private static final int ALIGNED_SACK = 0x0101_0500;

    private final int[] sackEdges = new int[2 * SACK_BLOCKS_MAX];
    private int mss;
    private int windowScale = -1;
    private boolean sackPermitted;
    private boolean timestamps;
    private int timestampValue;
    private int timestampEcho;
    private int sackBlocks;

    /** Reads the options of a sound header; what was read before is forgotten. */
    public void read(long header) {
        int headerBytes = TcpHeader.headerBytes(header);
        mss = 0;
        windowScale = -1;
        sackPermitted = false;
        timestamps = false;
        sackBlocks = 0;
        if (headerBytes == TcpHeader.BYTES) {
            return;
        }
        if (headerBytes == TcpHeader.BYTES + TIMESTAMPS_BYTES
                && Mem.getIntBe(header + TcpHeader.BYTES) == ALIGNED_TIMESTAMPS) {
            readTimestamps(header + TcpHeader.BYTES + 2);
            return;
        }
        readEach(header + TcpHeader.BYTES, header + headerBytes);
    }

    /** Returns the largest segment that the sender takes, or 0 if it does not say. */
    public int mss() {
        return mss;
    }

    /** Returns the window scale's shift, 0 to {@link #SHIFT_MAX}, or -1 without that option. */
    public int windowScale() {
        return windowScale;
    }

    public boolean sackPermitted() {
        return sackPermitted;
    }

    /** Returns whether there are timestamps; else {@link #timestampValue} and {@link #timestampEcho} mean nothing. */
    public boolean timestamps() {
        return timestamps;
    }

    public int timestampValue() {
        return timestampValue;
    }

    public int timestampEcho() {
        return timestampEcho;
    }

    /** Returns the number of SACK blocks. */
    public int sackBlocks() {
        return sackBlocks;
    }

    /** Returns the first sequence number of a SACK block. */
    public int sackStart(int block) {
        return sackEdges[2 * block];
    }

    /** Returns the sequence number behind a SACK block. */
    public int sackEnd(int block) {
        return sackEdges[2 * block + 1];
    }

    // ---- writing ---------------------------------------------------------------------------------------------------

    /**
     * Writes the options of a SYN from {@code address} on, at most {@link #SYN_BYTES_MAX}, and returns their size.
     *
     * @param shift of the window scale, -1 to leave it out
     * @param withSack whether SACK is permitted
     * @param withTimestamps whether to write the two timestamps
     */
    public static int putSyn(
            long address, int mss, int shift, boolean withSack, boolean withTimestamps, int value, int echo) {
        Mem.putU8(address, MSS);
        Mem.putU8(address + 1, MSS_LENGTH);
        Mem.putU16Be(address + 2, mss);
        long at = address + MSS_LENGTH;
        if (withSack || withTimestamps) {
            Mem.putU8(at, withSack ? SACK_PERMITTED : NO_OPERATION);
            Mem.putU8(at + 1, withSack ? SACK_PERMITTED_LENGTH : NO_OPERATION);
            at += SACK_PERMITTED_LENGTH;
            if (withTimestamps) {
                Mem.putU8(at, TIMESTAMPS);
                Mem.putU8(at + 1, TIMESTAMPS_LENGTH);
                Mem.putIntBe(at + 2, value);
                Mem.putIntBe(at + 6, echo);
                at += TIMESTAMPS_LENGTH;
            } else {
                Mem.putU8(at, NO_OPERATION);
                Mem.putU8(at + 1, NO_OPERATION);
                at += 2;
            }
        }
        if (shift >= 0) {
            Mem.putU8(at, NO_OPERATION);
            Mem.putU8(at + 1, WINDOW_SCALE);
            Mem.putU8(at + 2, WINDOW_SCALE_LENGTH);
            Mem.putU8(at + 3, shift);
            at += 1 + WINDOW_SCALE_LENGTH;
        }
        return (int) (at - address);
    }

    /** Writes timestamps with their alignment, {@link #TIMESTAMPS_BYTES}. */
    public static void putTimestamps(long address, int value, int echo) {
        Mem.putIntBe(address, ALIGNED_TIMESTAMPS);
        Mem.putIntBe(address + 4, value);
        Mem.putIntBe(address + 8, echo);
    }

    /** Returns the size of a SACK option of that many blocks with its alignment, 0 for none. */
    public static int sackBytes(int blocks) {
        return blocks == 0 ? 0 : 4 + blocks * SACK_BLOCK_LENGTH;
    }

    /** Writes the head of a SACK option of that many blocks; {@link #putSackBlock} writes each behind it. */
    public static void putSack(long address, int blocks) {
        Mem.putIntBe(address, ALIGNED_SACK | (2 + blocks * SACK_BLOCK_LENGTH));
    }

    /** Writes one block of the SACK option at {@code address}. */
    public static void putSackBlock(long address, int block, int start, int end) {
        long at = address + 4 + (long) block * SACK_BLOCK_LENGTH;
        Mem.putIntBe(at, start);
        Mem.putIntBe(at + 4, end);
    }

    // ---- reading ---------------------------------------------------------------------------------------------------

    private void readEach(long from, long end) {
        long at = from;
        while (at < end) {
            int kind = Mem.getU8(at);
            if (kind == NO_OPERATION) {
                at++;
                continue;
            }
            if (kind == END || at + 1 >= end) {
                return;
            }
            int length = Mem.getU8(at + 1);
            if (length < 2 || at + length > end) {
                return;
            }
            readOne(at, kind, length);
            at += length;
        }
    }

    private void readOne(long at, int kind, int length) {
        switch (kind) {
            case MSS -> mss = length == MSS_LENGTH && mss == 0 ? Mem.getU16Be(at + 2) : mss;
            case WINDOW_SCALE ->
                windowScale = length == WINDOW_SCALE_LENGTH && windowScale < 0
                        ? Math.min(Mem.getU8(at + 2), SHIFT_MAX)
                        : windowScale;
            case SACK_PERMITTED -> sackPermitted |= length == SACK_PERMITTED_LENGTH;
            case TIMESTAMPS -> {
                if (length == TIMESTAMPS_LENGTH && !timestamps) {
                    readTimestamps(at);
                }
            }
            case SACK -> {
                if (sackBlocks == 0 && (length - 2) % SACK_BLOCK_LENGTH == 0) {
                    readSack(at + 2, (length - 2) / SACK_BLOCK_LENGTH);
                }
            }
            default -> {}
        }
    }

    private void readTimestamps(long at) {
        timestamps = true;
        timestampValue = Mem.getIntBe(at + 2);
        timestampEcho = Mem.getIntBe(at + 6);
    }

    private void readSack(long at, int blocks) {
        sackBlocks = Math.min(blocks, SACK_BLOCKS_MAX);
        for (int edge = 0; edge < 2 * sackBlocks; edge++) {
            sackEdges[edge] = Mem.getIntBe(at + 4L * edge);
        }
    }
}
