package io.demijohn.compat.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Measured figures, appended to {@code target/figures.txt} one a line, with the JDK that showed them. */
public final class Figures {
    private Figures() {}

    /** Notes one figure. */
    public static void note(String name, String value) {
        Path file = Project.target().resolve("figures.txt");
        try {
            Files.writeString(
                    file,
                    name + ": " + value + " [" + Jdk.launcher() + "]\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
