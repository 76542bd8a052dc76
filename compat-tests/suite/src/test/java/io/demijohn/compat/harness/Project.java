package io.demijohn.compat.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The project's folders, found from the working directory upwards. Any thread. */
public final class Project {
    private static final Path ROOT = findRoot();

    private Project() {}

    /** Returns the folder that holds the root pom. */
    public static Path root() {
        return ROOT;
    }

    /** Returns the shipped jar, which must have been built: without it nothing of ours would be tested. */
    public static Path agentJar() {
        Path jar = ROOT.resolve("agent/target/demijohn.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is not built: run mvn verify");
        }
        return jar;
    }

    /** Returns the runnable jar of the program {@code name} of apps-under-test. */
    public static Path appJar(String name) {
        return ROOT.resolve("apps-under-test").resolve(name).resolve("target").resolve(name + ".jar");
    }

    /** Returns the build folder of this module. */
    public static Path target() {
        return ROOT.resolve("compat-tests/suite/target");
    }

    private static Path findRoot() {
        @Nullable Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("apps-under-test"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException("the tests run inside the project's folders");
        }
        return folder;
    }
}
