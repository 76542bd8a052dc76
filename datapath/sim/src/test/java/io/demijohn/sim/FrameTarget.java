package io.demijohn.sim;

import io.demijohn.stack.tcp.TcpConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What Jazzer gives its inputs to: the first octet's lowest bit chooses the family, then come frames, each behind its length
 * in two octets, into two stacks with connections, made so right that they get deep. Played twice with other bytes behind each frame.
 *
 * <p>One thread.
 */
public final class FrameTarget {
    private static final long MILLI = 1_000_000L;
    private static final long HOUR = 3_600_000_000_000L;
    private static final int FRAMES_MAX = 40;
    private static final int FRAME_MAX_BYTES = 1900;
    private static final int BUFFERS = 128;
    private static final int SEND_BYTES = 1 << 17;
    private static final Pattern UP = new Pattern(401);
    private static final Pattern DOWN = new Pattern(402);
    private static final int STREAM_BYTES = 4000;
    private static final String TEST = "JazzerTest#frames*";

    private FrameTarget() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        List<byte[]> frames = frames(input);
        boolean six = (input[0] & 1) != 0;
        String ended = play(frames, six, 0);
        String twin = play(frames, six, 0xff);
        if (!ended.equals(twin)) {
            throw new AssertionError("somebody read behind the end of a frame\n" + ended + "\n" + twin);
        }
    }

    /** Returns the frame as part of an input. */
    static byte[] part(byte[] frame) {
        byte[] part = new byte[2 + frame.length];
        part[0] = (byte) (frame.length >>> 8);
        part[1] = (byte) frame.length;
        System.arraycopy(frame, 0, part, 2, frame.length);
        return part;
    }

    private static List<byte[]> frames(byte[] input) {
        List<byte[]> frames = new ArrayList<>();
        int at = 1;
        while (at + 2 < input.length && frames.size() < FRAMES_MAX) {
            int bytes = Math.min(
                    ((input[at] & 0xff) << 8 | (input[at + 1] & 0xff)) % FRAME_MAX_BYTES, input.length - at - 2);
            byte[] frame = Arrays.copyOfRange(input, at + 2, at + 2 + bytes);
            FrameMutator.repair(frame);
            frames.add(frame);
            at += 2 + bytes;
        }
        return frames;
    }

    private static String play(List<byte[]> frames, boolean six, int residue) {
        HostPlan plan = HostPlan.of(TcpConfig.defaults())
                .buffers(BUFFERS)
                .sendMemory(SEND_BYTES)
                .six(six);
        try (SimWorld world =
                new SimWorld(1, WireFaults.none(MILLI), (direction, frame, nowNanos) -> true, plan, plan)) {
            world.client().residue(residue);
            world.server().residue(residue);
            world.connect(StreamPlan.of(UP, STREAM_BYTES), StreamPlan.of(DOWN, STREAM_BYTES));
            world.connectAt(world.nowNanos() + 2 * MILLI, StreamPlan.of(UP, 0), StreamPlan.of(DOWN, STREAM_BYTES));
            for (int index = 0; index < frames.size(); index++) {
                byte[] frame = frames.get(index);
                int host = index & 1;
                world.at(world.nowNanos() + index * MILLI / 4, () -> world.inject(host, frame));
            }
            world.run(world.nowNanos() + HOUR);
            world.stopListening();
            world.run(world.nowNanos() + HOUR);
            world.requireEmpty(TEST);
            return world.figures() + "\n" + world.client().stack().counters() + "\n"
                    + world.server().stack().counters();
        }
    }
}
