package io.demijohn.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.Mem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jazzer, which looks for inputs that reach new code, on the codecs and on frames into two stacks. {@code -Dfuzz.seconds=600}
 * goes on longer; a quarter of it is for each target. A finding is kept in the target folder, with the command to replay it.
 */
final class JazzerTest {
    private static final int SECONDS = Math.max(2, Integer.getInteger("fuzz.seconds", 60) / 4);
    private static final long START_SECONDS = 120;
    private static final String MAIN = "com.code_intelligence.jazzer.Jazzer";

    @Test
    void codecs_forAWhile_nothingThrowsAndNothingIsReadOutside(@TempDir Path corpus)
            throws IOException, InterruptedException {
        List<String> sound = List.of(
                "00 0050 1234 00000001 00000002 a0 02 ffff 0000 0000 020405b4 0402080a00000001 00000000 01030307",
                "00 0050 1234 00000001 00000002 80 10 ffff 0000 0000 0101080a 00000001 00000002 6869",
                "00 0050 1234 00000001 00000002 f0 10 ffff 0000 0000 0101080a 00000001 00000002"
                        + "0101 051a 00000010 00000020 00000030 00000040 00000050 00000060",
                "01 46 00 0018 0000 4000 40 06 0000 0a000001 0a000002 94040000",
                "01 48 00 0020 0000 4000 40 06 0000 0a000001 0a000002 07 0b 04 00000000 00000000 00",
                "02 0201 020000000002 0501 0000 000005dc",
                "02 0304 40c0 00015180 00003840 00000000 fd770000000000000000000000000000 0101 020000000002",
                "03 0102030405");
        for (int index = 0; index < sound.size(); index++) {
            byte[] input = HexFormat.of().parseHex(sound.get(index).replace(" ", ""));
            CodecTarget.fuzzerTestOneInput(input);
            Files.write(corpus.resolve("sound-" + index), input);
        }
        fuzz(CodecTarget.class, corpus);
    }

    @Test
    void frames_forAWhile_nothingThrowsAndNothingIsReadOutside(@TempDir Path corpus)
            throws IOException, InterruptedException {
        List<byte[]> frames = FrameFuzzTest.frames("/fuzz/corpus.txt");
        for (int index = 0; index < frames.size(); index++) {
            byte[] part = FrameTarget.part(frames.get(index));
            byte[] input = new byte[1 + part.length];
            input[0] = (byte) index;
            System.arraycopy(part, 0, input, 1, part.length);
            FrameTarget.fuzzerTestOneInput(input);
            Files.write(corpus.resolve("frame-" + index), input);
        }
        fuzz(FrameTarget.class, corpus);
    }

    @Test
    void codecThatReadsBehindThePacket_isCaught() {
        byte[] packet = {1, 2, 3};
        CodecTarget.check(packet, (at, bytes) -> Mem.getU8(at + bytes - 1));
        assertThrows(AssertionError.class, () -> CodecTarget.check(packet, (at, bytes) -> Mem.getU8(at + bytes)));
        assertThrows(AssertionError.class, () -> CodecTarget.check(packet, (at, bytes) -> Mem.getU8(at - 1)));
    }

    /** Runs Jazzer in a JVM of its own: it instruments what it loads. */
    private static void fuzz(Class<?> target, Path corpus) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of("target", "jazzer", target.getSimpleName()));
        Path log = folder.resolve("log.txt");
        Process jazzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MAIN,
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=io.demijohn.**",
                        "--reproducer_path=" + folder,
                        "-artifact_prefix=" + folder + "/",
                        "-max_total_time=" + SECONDS,
                        "-max_len=4096",
                        "-print_final_stats=1",
                        corpus.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = jazzer.waitFor(SECONDS + START_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            jazzer.destroyForcibly().waitFor();
        }
        String said = Files.readString(log);
        assertTrue(ended, () -> "Jazzer does not end:\n" + said);
        assertEquals(0, jazzer.exitValue(), () -> said);
        String figure = said.lines()
                .filter(line -> line.startsWith("Done "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("Jazzer did not run:\n" + said));
        Files.writeString(
                Path.of("target", "figures.txt"),
                String.format(Locale.ROOT, "jazzer %s: %s%n", target.getSimpleName(), figure),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
