package io.demijohn.compat.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A PKCS 12 file with one key for the addresses of every rig and of the loopback; made once for each run of the tests. Any thread. */
public final class TestKeys {
    /** The password of the file. */
    public static final String PASSWORD = "password";

    private static final Path FILE = make();

    private TestKeys() {}

    /** Returns the path of the file. */
    public static String file() {
        return FILE.toString();
    }

    private static Path make() {
        Path file = Project.target().resolve("test-keys.p12");
        List<String> names = List.of("ip:" + Rig.OURS, "ip:" + Rig.KERNEL, "ip:127.0.0.1");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=server",
                "-ext",
                "san=" + String.join(",", names),
                "-validity",
                "3650",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString());
        try {
            Files.createDirectories(Project.target());
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (AppProcess keytool = AppProcess.start(command)) {
            keytool.awaitSuccess();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + command, e);
        }
        return file;
    }
}
