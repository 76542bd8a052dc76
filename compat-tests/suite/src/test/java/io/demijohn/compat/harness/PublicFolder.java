package io.demijohn.compat.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Copies of the jars in a folder that any user may read, for programs that run as nobody. Deleted by {@link #close}. */
public final class PublicFolder implements AutoCloseable {
    private final Path folder;

    private PublicFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes an empty folder below the host's own temporary folder. */
    public static PublicFolder create() throws IOException {
        Path folder = Files.createTempDirectory("djt");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new PublicFolder(folder);
    }

    /** Returns the command that runs {@code app} under the agent, both from this folder. */
    public List<String> agent(String options, String app) throws IOException {
        Path agent = copy(Project.agentJar(), "demijohn.jar");
        Path program = copy(Project.appJar(app), app + ".jar");
        Files.createDirectories(folder.resolve("lib"));
        try (Stream<Path> libraries = Files.list(Project.appJar(app).resolveSibling("lib"))) {
            for (Path library : libraries.toList()) {
                copy(library, "lib/" + library.getFileName());
            }
        }
        return List.of(Jdk.launcher(), "-javaagent:" + agent + "=" + options, "-jar", program.toString());
    }

    private Path copy(Path from, String name) throws IOException {
        Path to = folder.resolve(name);
        Files.createDirectories(to.resolveSibling(""));
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-r--r--"));
        return to;
    }

    @Override
    public void close() {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
