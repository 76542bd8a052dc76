package io.demijohn.sim;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.tcp.TcpConfig;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Two stacks over a faulty wire: whatever it does, streams are equal, everything ends, nothing is lost. */
final class UnrulyWireTest {
    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final int SEEDS = Integer.getInteger("seeds", 100);
    private static final int SHORT_SEEDS = 200;
    private static final long BYTES = 10_000_000;
    private static final Pattern UP = new Pattern(101);
    private static final Pattern DOWN = new Pattern(102);

    @TestFactory
    Stream<DynamicTest> onePercentLossReorderingDuplication_tenMegabytesEachWay_streamsEqual() {
        return each(SEEDS, seed -> {
            try (SimWorld world = new SimWorld(seed, WireFaults.unruly(0.01), FrameFilter.ALL, TcpConfig.defaults())) {
                world.connect(StreamPlan.of(UP, BYTES), StreamPlan.of(DOWN, BYTES));
                finish(world, true, "UnrulyWireTest#onePercent*");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> heavyFaultsOfAllKinds_shortStreams_streamsEqual() {
        return each(SHORT_SEEDS, seed -> {
            WireFaults faults = WireFaults.unruly(0.10).corrupting(0.05);
            try (SimWorld world = new SimWorld(seed, faults, FrameFilter.ALL, TcpConfig.defaults())) {
                for (int pair = 0; pair < 4; pair++) {
                    world.connect(StreamPlan.of(UP, 40_000), StreamPlan.of(DOWN, seed % 2 == 0 ? 0 : 60_000));
                }
                finish(world, true, "UnrulyWireTest#heavyFaults*");
            }
        });
    }

    @TestFactory
    @Tag("proves:offload-checksum")
    Stream<DynamicTest> oneDeviceMakesChecksums_corruptedFrames_areFoundByBothEnds() {
        return each(20, seed -> {
            WireFaults faults = WireFaults.none(MILLI).corrupting(0.05);
            HostPlan plain = HostPlan.of(TcpConfig.defaults());
            try (SimWorld world = new SimWorld(seed, faults, FrameFilter.ALL, plain.offloading(), plain)) {
                world.connect(StreamPlan.of(UP, 500_000), StreamPlan.of(DOWN, 500_000));
                finish(world, true, "UnrulyWireTest#oneDevice*");
                assertTrue(world.client().stack().tcp().counters().dropChecksum > 0, "nothing vouched for is checked");
                assertTrue(world.server().stack().tcp().counters().dropChecksum > 0, "the plain end checks all");
            }
        });
    }

    @TestFactory
    @Tag("proves:offload-coalescing")
    @Tag("proves:offload-segmentation")
    Stream<DynamicTest> devicesCutAndJoinSegments_partOrWholeIsLost_streamsEqual() {
        return each(50, seed -> {
            HostPlan plan = HostPlan.of(TcpConfig.defaults()).six(seed % 2 == 0).segmenting();
            WireFaults faults = WireFaults.unruly(0.01).corrupting(0.01).with(Fault.DROP_WHOLE, 0.02);
            try (SimWorld world = new SimWorld(seed, faults, FrameFilter.ALL, plan, plan)) {
                world.connect(StreamPlan.of(UP, 2_000_000), StreamPlan.of(DOWN, 2_000_000));
                finish(world, true, "UnrulyWireTest#devicesCut*");
                assertTrue(
                        world.client().joined() > 100,
                        "segments come together: " + world.client().joined());
                assertTrue(
                        world.server().joined() > 100,
                        "at both ends: " + world.server().joined());
                assertTrue(world.client().stack().tcp().counters().packetsSentTogether > 50, "and leave together");
                assertTrue(world.server().stack().tcp().counters().packetsSentTogether > 50, "at both ends");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> slowReadersOnSlowWire_windowCloses_streamsEqual() {
        return each(20, seed -> {
            WireFaults faults = WireFaults.unruly(0.01).limitedTo(100_000_000, 40);
            try (SimWorld world = new SimWorld(seed, faults, FrameFilter.ALL, TcpConfig.defaults(), 1024)) {
                world.connect(
                        StreamPlan.of(UP, 1_000_000).pausing(50 * MILLI),
                        StreamPlan.of(DOWN, 1_000_000).pausing(300 * MILLI));
                finish(world, true, "UnrulyWireTest#slowReaders*");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> abortInMidStream_peerIsReset_prefixOnly() {
        return each(50, seed -> {
            try (SimWorld world = new SimWorld(seed, WireFaults.unruly(0.02), FrameFilter.ALL, TcpConfig.defaults())) {
                world.connect(
                        StreamPlan.of(UP, 500_000), StreamPlan.of(DOWN, 500_000).abortingAfter(seed * 5_000));
                finish(world, false, "UnrulyWireTest#abort*");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> nthFinOrSynOrAckLost_closesInOrder() {
        int[] flags = {FrameFilter.FIN, FrameFilter.SYN, FrameFilter.ACK};
        return each(60, seed -> {
            int which = (int) seed;
            FrameFilter filter = FrameFilter.dropNth(which & 1, flags[which % 3], which / 6 + 1);
            try (SimWorld world = new SimWorld(seed, WireFaults.none(MILLI), filter, TcpConfig.defaults())) {
                world.connect(StreamPlan.of(UP, 20_000), StreamPlan.of(DOWN, 10_000));
                finish(world, true, "UnrulyWireTest#nthFin*");
            }
        });
    }

    @Test
    void outageOfTwentySeconds_connectionsSurvive() {
        FrameFilter outage =
                FrameFilter.outage(SimWorld.START_NANOS + 20 * MILLI, SimWorld.START_NANOS + 20_020 * MILLI);
        try (SimWorld world = new SimWorld(1, WireFaults.none(MILLI), outage, TcpConfig.defaults())) {
            world.connect(StreamPlan.of(UP, 3_000_000), StreamPlan.of(DOWN, 3_000_000));
            finish(world, true, "UnrulyWireTest#outage*");
        }
    }

    @Test
    void peerFallsSilent_connectionTimesOutAndEnds() {
        try (SimWorld world = new SimWorld(1, WireFaults.none(MILLI), FrameFilter.ALL, TcpConfig.defaults())) {
            world.connect(StreamPlan.of(UP, 3_000_000), StreamPlan.of(DOWN, 3_000_000));
            assertFalse(world.run(SimWorld.START_NANOS + 20 * MILLI));
            world.server().silence();
            assertTrue(world.run(SimWorld.START_NANOS + HOUR_NANOS));
            assertTrue(world.client().stack().tcp().connectionCount() == 0);
        }
    }

    @Test
    @Tag("proves:buffers-pressure")
    void fewBuffers_pressureSlowsButLosesNothing() {
        for (long seed : Seeds.upTo(20)) {
            try (SimWorld world =
                    new SimWorld(seed, WireFaults.unruly(0.01), FrameFilter.ALL, TcpConfig.defaults(), 64)) {
                world.connect(StreamPlan.of(UP, 300_000), StreamPlan.of(DOWN, 300_000));
                finish(world, true, "UnrulyWireTest#fewBuffers*");
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> forgedHeadersWithRightChecksums_nothingThrowsAndAllEnds() {
        return each(SHORT_SEEDS, seed -> {
            WireFaults faults = WireFaults.unruly(0.02).with(Fault.FORGE_HEADER, 0.03);
            try (SimWorld world = new SimWorld(seed, faults, FrameFilter.ALL, TcpConfig.defaults())) {
                for (int pair = 0; pair < 3; pair++) {
                    world.connect(StreamPlan.of(UP, 100_000), StreamPlan.of(DOWN, 100_000));
                }
                world.run(world.nowNanos() + 4 * HOUR_NANOS);
                world.stopListening();
                assertTrue(world.run(world.nowNanos() + 4 * HOUR_NANOS), "does not come to rest, seed " + seed);
                world.requireEmpty("UnrulyWireTest#forged*");
            }
        });
    }

    @Test
    @Tag("proves:buffers-pressure")
    void stalledReadersHoldThePool_oneWhoReadsGoesOn() {
        try (SimWorld world = new SimWorld(3, WireFaults.none(MILLI), FrameFilter.ALL, TcpConfig.defaults(), 512)) {
            for (int pair = 0; pair < 8; pair++) {
                world.connect(
                        StreamPlan.of(UP, 400_000), StreamPlan.of(DOWN, 10).pausing(200_000 * MILLI));
            }
            world.run(world.nowNanos() + 2_000 * MILLI);
            world.connect(StreamPlan.of(UP, 1_000_000), StreamPlan.of(DOWN, 1_000_000));
            world.run(world.nowNanos() + 20_000 * MILLI);
            assertTrue(world.finished(8));
            assertFalse(world.finished(0));
            finish(world, true, "UnrulyWireTest#stalled*");
        }
    }

    @Test
    void clockThatJumps_streamsStillEqual() {
        try (SimWorld world = new SimWorld(1, WireFaults.unruly(0.01), FrameFilter.ALL, TcpConfig.defaults())) {
            world.connect(StreamPlan.of(UP, 1_000_000), StreamPlan.of(DOWN, 1_000_000));
            for (int jump = 1; jump <= 5; jump++) {
                world.run(world.nowNanos() + 20 * MILLI);
                world.jumpClock(jump * 500L * MILLI);
            }
            finish(world, true, "UnrulyWireTest#clock*");
        }
    }

    private interface Body {
        void run(long seed);
    }

    private static Stream<DynamicTest> each(int count, Body body) {
        return Arrays.stream(Seeds.upTo(count))
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> body.run(seed)));
    }

    private static void finish(SimWorld world, boolean allDelivered, String test) {
        world.run(world.nowNanos() + HOUR_NANOS);
        world.stopListening();
        world.run(world.nowNanos() + HOUR_NANOS);
        world.requireRight(allDelivered, test);
    }
}
