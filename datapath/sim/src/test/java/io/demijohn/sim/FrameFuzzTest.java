package io.demijohn.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.link.PacketChain;
import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.udp.UdpSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Hostile frames against two stacks with a listener, connections in every state, UDP sockets and neighbours: nothing throws,
 * state is bounded, no buffer is lost, and nothing depends on what lies behind a frame. {@code -Dfuzz.seconds=600} goes on longer, {@code -Dseed=N} replays one round.
 */
final class FrameFuzzTest {
    private static final long RUN_NANOS = Integer.getInteger("fuzz.seconds", 60) * 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final long HOUR = 3_600_000_000_000L;
    private static final Pattern UP = new Pattern(301);
    private static final Pattern DOWN = new Pattern(302);
    private static final int FRAMES_PER_ROUND = 4000;
    /** One round of so many is run twice, with other bytes behind the frames. */
    private static final int TWIN_EVERY = 4;

    private static final int UDP_PORT = 53;
    private static final int UDP_BYTES = 64 << 10;
    private static final int CONNECTIONS_MAX = 8192;
    private static final String TEST = "FrameFuzzTest#mutated*";

    @Test
    void mutatedFrames_forAWhile_nothingThrowsAndNoBufferIsLost() throws IOException {
        List<byte[]> corpus = frames("/fuzz/corpus.txt");
        Long only = Long.getLong("seed");
        long startNanos = System.nanoTime();
        long seed = only == null ? 1 : only;
        do {
            String ended = round(seed, corpus, FRAMES_PER_ROUND, 0);
            if (seed % TWIN_EVERY == 0) {
                String twin = round(seed, corpus, FRAMES_PER_ROUND, 0xff);
                assertEquals(ended, twin, "somebody read behind the end of a frame\n" + Seeds.replay(seed, TEST));
            }
            seed++;
        } while (only == null && System.nanoTime() - startNanos < RUN_NANOS);
    }

    @Test
    void keptFrames_eachAsItIs_nothingThrows() throws IOException {
        for (int seed = 1; seed <= 2; seed++) { // over IPv6 and over IPv4
            String ended = round(seed, frames("/fuzz/corpus.txt"), 0, 0);
            assertEquals(ended, round(seed, frames("/fuzz/corpus.txt"), 0, 0xff));
        }
    }

    /**
     * One world: real traffic, and beside it frames made from the corpus and from what was seen on the wire. Returns all that
     * was to be seen of it: one text for equal worlds.
     *
     * @param residue octet that lies behind each received frame
     */
    private static String round(long seed, List<byte[]> corpus, int frames, int residue) {
        SplittableRandom random = new SplittableRandom(seed);
        FrameMutator mutator = new FrameMutator(random.split(), corpus);
        int[] left = {frames};
        CRC32C seen = new CRC32C();
        FrameFilter watch = (direction, frame, nowNanos) -> {
            byte[] copy = new byte[frame.length()];
            Mem.copyOut(frame.address(), copy, 0, copy.length);
            mutator.show(copy);
            seen.update(copy);
            return true;
        };
        WireFaults faults = WireFaults.unruly(random.nextInt(3) * 0.02).limitedTo(20_000_000, 200);
        HostPlan plan = HostPlan.of(TcpConfig.defaults())
                .buffers(512 + random.nextInt(2048))
                .six(seed % 2 != 0);
        try (SimWorld world = new SimWorld(seed, faults, watch, plan, plan)) {
            world.client().residue(residue);
            world.server().residue(residue);
            UdpSocket[] sockets = {bind(world.client()), bind(world.server())};
            for (int pair = 0; pair < 6; pair++) {
                world.connectAt(
                        world.nowNanos() + pair * 100L * MILLI,
                        StreamPlan.of(UP, random.nextInt(200_000)),
                        StreamPlan.of(DOWN, random.nextInt(200_000)));
            }
            world.meet(StreamPlan.of(UP, 50_000), StreamPlan.of(DOWN, 50_000), MILLI / 2);
            corpus.forEach(frame -> world.inject(random.nextInt(2), frame));
            world.at(world.nowNanos() + MILLI, () -> attack(world, mutator, random, left));
            world.run(world.nowNanos() + HOUR);
            check(world, sockets);
            return world.figures() + " crc=" + seen.getValue() + "\n"
                    + world.client().stack().counters() + "\n"
                    + world.server().stack().counters();
        } catch (RuntimeException | Error failure) {
            throw new AssertionError(failure + "\n" + Seeds.replay(seed, TEST), failure);
        }
    }

    /** Sends some frames now and plans the next. */
    private static void attack(SimWorld world, FrameMutator mutator, SplittableRandom random, int[] left) {
        for (int burst = random.nextInt(16); burst >= 0 && left[0] > 0; burst--) {
            world.inject(random.nextInt(2), mutator.next());
            left[0]--;
        }
        assertTrue(world.client().stack().tcp().connectionCount() < CONNECTIONS_MAX);
        assertTrue(world.server().stack().tcp().connectionCount() < CONNECTIONS_MAX);
        if (left[0] > 0) {
            world.at(world.nowNanos() + 1 + random.nextLong(5 * MILLI), () -> attack(world, mutator, random, left));
        }
    }

    private static void check(SimWorld world, UdpSocket[] sockets) {
        world.stopListening();
        world.run(world.nowNanos() + HOUR);
        SimHost[] hosts = {world.client(), world.server()};
        for (int index = 0; index < hosts.length; index++) {
            for (PacketBuffer datagram = sockets[index].poll(); datagram != null; datagram = sockets[index].poll()) {
                PacketChain.release(datagram);
            }
            hosts[index].stack().udp().close(sockets[index], world.nowNanos());
        }
        world.requireEmpty(TEST);
    }

    private static UdpSocket bind(SimHost host) {
        return Objects.requireNonNull(
                host.stack().udp().bind(IpAddress.ANY, UDP_PORT, false, UDP_BYTES), "no UDP socket");
    }

    /** Returns the frames of a file: a name, a blank and hexadecimal bytes on each line, made whole. */
    static List<byte[]> frames(String resource) throws IOException {
        try (BufferedReader file = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(FrameFuzzTest.class.getResourceAsStream(resource)), StandardCharsets.UTF_8))) {
            return file.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> {
                        byte[] frame = HexFormat.of().parseHex(line.substring(line.indexOf(' ') + 1));
                        FrameMutator.repair(frame);
                        return frame;
                    })
                    .toList();
        }
    }
}
