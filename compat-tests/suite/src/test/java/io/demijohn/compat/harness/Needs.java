package io.demijohn.compat.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a test needs of its host; each skips the test with the reason if the host lacks it. Any thread. */
public final class Needs {
    private Needs() {}

    /** Needs to be root, who alone makes namespaces. */
    public static void root() {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: needs root to make a network namespace");
    }

    /** Needs the tun driver. */
    public static void tun() {
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "skipped: this kernel has no /dev/net/tun");
    }

    /** Needs the program {@code name} on the path. */
    public static void tool(String name) {
        boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        assumeTrue(found, "skipped: " + name + " is not installed");
    }
}
