package io.demijohn.linux.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.demijohn.linux.host.Namespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bulk both ways at once between the kernel and us: each byte is compared, and tcpdump sees how large the frames are. */
@Timeout(180)
final class OffloadTest {
    private static final long BYTES = 50_000_000;
    private static final int FRAME_OF_ONE_BYTES = 1514;

    @BeforeEach
    void needsANamespaceAndTcpdump() {
        Namespace.missing().ifPresent(reason -> abort(reason));
        boolean tcpdump = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "tcpdump")));
        assumeTrue(tcpdump, "skipped: tcpdump is not installed");
    }

    @ParameterizedTest
    @ValueSource(strings = {TapRig.OURS, TapRig.OURS_IPV6})
    @Tag("proves:offload-segmentation")
    @Tag("proves:offload-coalescing")
    void offloadOn_segmentsCrossTogether_bytesRight(String address, @TempDir Path folder) throws Exception {
        Capture.Sizes sizes = carry("on", address, folder);
        assertTrue(sizes.oursMaxBytes() > 30_000, () -> "we send several segments at once: " + sizes);
        assertTrue(sizes.kernelMaxBytes() > 30_000, () -> "the kernel too: " + sizes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"checksum", "off"})
    void segmentsNotOffloaded_everyFrameIsOne_bytesRight(String offload, @TempDir Path folder) throws Exception {
        Capture.Sizes sizes = carry(offload, TapRig.OURS, folder);
        assertEquals(FRAME_OF_ONE_BYTES, sizes.oursMaxBytes(), sizes::toString);
        assertEquals(FRAME_OF_ONE_BYTES, sizes.kernelMaxBytes(), sizes::toString);
    }

    private Capture.Sizes carry(String offload, String address, Path folder) throws Exception {
        try (TapRig rig = new TapRig(offload)) {
            Capture capture = Capture.start(rig, folder.resolve("frames.pcap"));
            BulkTransfer.run(rig, address, BYTES, BYTES);
            return capture.end(rig.station());
        }
    }
}
