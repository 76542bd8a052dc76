package io.demijohn.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The JDKs to test on: the one that runs, and others installed beside it. */
final class Jvms {
    private static final Path INSTALLED = Path.of("/usr/lib/jvm");
    private static final int SECOND_RELEASE = 25;

    private Jvms() {}

    /** A JDK and its feature release. */
    record Jvm(Path home, int release) {
        /** The name of a test run. */
        @Override
        public String toString() {
            return "Java " + release;
        }
    }

    /** Returns the running JDK first, then the second release if it is installed. */
    static Stream<Jvm> all() {
        List<Jvm> jvms = new ArrayList<>();
        jvms.add(running());
        if (running().release() != SECOND_RELEASE) {
            second().ifPresent(jvms::add);
        }
        return jvms.stream();
    }

    static Jvm running() {
        return new Jvm(
                Path.of(System.getProperty("java.home")), Runtime.version().feature());
    }

    /** Returns the JDK that restricts native access, if there is one. */
    static Optional<Jvm> second() {
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(INSTALLED)) {
            return homes.filter(home -> release(home) == SECOND_RELEASE)
                    .map(home -> new Jvm(home, SECOND_RELEASE))
                    .findFirst();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** Reads the feature release out of a JDK's own description; 0 if it is none. */
    private static int release(Path home) {
        Path description = home.resolve("release");
        if (!Files.isReadable(description)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(description)) {
            return lines.filter(line -> line.startsWith("JAVA_VERSION=\""))
                    .map(line -> line.replaceAll("[^0-9.]", "").split("\\.", 2)[0])
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (IOException unreadable) {
            return 0;
        }
    }
}
