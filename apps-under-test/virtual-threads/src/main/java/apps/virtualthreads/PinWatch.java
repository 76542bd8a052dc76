package apps.virtualthreads;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Counts, by the JDK's flight recorder, how often a virtual thread blocked without leaving its carrier. One thread. */
final class PinWatch {
    private final Recording recording = new Recording();

    private PinWatch() {}

    static PinWatch start() {
        PinWatch watch = new PinWatch();
        watch.recording
                .enable("jdk.VirtualThreadPinned")
                .withThreshold(Duration.ZERO)
                .withStackTrace();
        watch.recording.start();
        return watch;
    }

    /** Returns what was recorded since the start. */
    List<RecordedEvent> stop() throws IOException {
        recording.stop();
        Path file = Files.createTempFile("pinned", ".jfr");
        try {
            recording.dump(file);
            return RecordingFile.readAllEvents(file);
        } finally {
            recording.close();
            Files.delete(file);
        }
    }
}
