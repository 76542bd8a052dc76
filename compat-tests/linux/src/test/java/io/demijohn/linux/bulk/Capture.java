package io.demijohn.linux.bulk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** tcpdump on the rig's tap interface for as long as this is open; then the sizes of what it saw. */
final class Capture {
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final int CAPTURED = 8;
    private static final int ORIGINAL = 12;
    private static final int SOURCE_STATION = 6;
    private static final long PATIENCE_SECONDS = 30;

    private final Process process;
    private final Path file;

    private Capture(Process process, Path file) {
        this.process = process;
        this.file = file;
    }

    /**
     * The largest frames seen, and how many there were in all.
     *
     * @param oursMaxBytes of frames that our station sent
     * @param kernelMaxBytes of all others
     */
    record Sizes(int frames, int oursMaxBytes, int kernelMaxBytes) {}

    /** Starts it and returns once it listens. */
    static Capture start(TapRig rig, Path file) throws IOException {
        List<String> command = List.of(
                "tcpdump",
                "-i",
                TapRig.INTERFACE,
                "-w",
                file.toString(),
                "-s",
                "64",
                "-B",
                "16384",
                "-U",
                "-Z",
                "root",
                "tcp");
        Process process = rig.namespace().call(() -> new ProcessBuilder(command).start());
        BufferedReader errors =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        for (String line = errors.readLine(); ; line = errors.readLine()) {
            if (line == null) {
                throw new IOException("tcpdump ended before it listened");
            }
            if (line.contains("listening on")) {
                return new Capture(process, file);
            }
        }
    }

    /** Ends it and returns what it saw. */
    Sizes end(long ourStation) throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("tcpdump does not end");
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        ByteBuffer big = bytes.duplicate();
        bytes.order(ByteOrder.nativeOrder());
        int frames = 0;
        int ours = 0;
        int kernels = 0;
        int at = FILE_HEADER_BYTES;
        while (at + RECORD_HEADER_BYTES <= bytes.limit()) {
            int captured = bytes.getInt(at + CAPTURED);
            int original = bytes.getInt(at + ORIGINAL);
            int frame = at + RECORD_HEADER_BYTES;
            if (frame + captured > bytes.limit()) {
                break; // cut off when it ended
            }
            long source = big.getLong(frame + SOURCE_STATION) >>> Short.SIZE;
            if (source == ourStation) {
                ours = Math.max(ours, original);
            } else {
                kernels = Math.max(kernels, original);
            }
            frames++;
            at = frame + captured;
        }
        return new Sizes(frames, ours, kernels);
    }
}
