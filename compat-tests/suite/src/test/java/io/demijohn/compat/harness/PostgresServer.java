package io.demijohn.compat.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A PostgreSQL server at the kernel's end of a rig, with a database cluster of its own in a temporary folder, TLS with the test's
 * key, and no Unix socket. Runs as nobody, as it refuses root. {@link #close} stops it and deletes the folder.
 */
public final class PostgresServer implements AutoCloseable {
    /** Not taken by anyone else: the namespace is the test's own. */
    private static final String PORT = "5432";

    /** The superuser, trusted without a password. */
    private static final String USER = "test";

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final String PEM_LINE = "\n";

    private final Path folder;
    private final AppProcess process;

    private PostgresServer(Path folder, AppProcess process) {
        this.folder = folder;
        this.process = process;
    }

    /** Makes a cluster and starts the server on {@link Rig#KERNEL}; skips the test if PostgreSQL is not installed. */
    public static PostgresServer start(Rig rig) throws Exception {
        Needs.tool("setpriv");
        String binaries = binaries();
        Path folder = Files.createTempDirectory("djt");
        own(folder, "rwx------");
        Path data = folder.resolve("data");
        try (AppProcess initdb = AppProcess.start(asNobody(List.of(
                binaries + "/initdb",
                "-D",
                data.toString(),
                "-U",
                USER,
                "--auth=trust",
                "--no-sync",
                "--locale=C",
                "--encoding=UTF8")))) {
            initdb.awaitSuccess();
        }
        Files.writeString(data.resolve("pg_hba.conf"), "host all all 0.0.0.0/0 trust\n", StandardOpenOption.APPEND);
        writeKeys(folder);
        AppProcess process = rig.tool(asNobody(List.of(
                        binaries + "/postgres",
                        "-D",
                        data.toString(),
                        "-h",
                        Rig.KERNEL,
                        "-p",
                        PORT,
                        "-k",
                        "",
                        "-c",
                        "fsync=off",
                        "-c",
                        "ssl=on",
                        "-c",
                        "ssl_cert_file=" + folder.resolve("server.crt"),
                        "-c",
                        "ssl_key_file=" + folder.resolve("server.key")))
                .toArray(String[]::new));
        PostgresServer server = new PostgresServer(folder, process);
        process.awaitErrorLine("ready to accept connections");
        return server;
    }

    /** Returns the folder of its programs: that of the path, or the newest of Debian's. */
    private static String binaries() throws IOException {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, "postgres")) && Files.isExecutable(Path.of(folder, "initdb"))) {
                return folder;
            }
        }
        Assumptions.assumeTrue(Files.isDirectory(DEBIAN), "skipped: postgres is not installed");
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.map(version -> version.resolve("bin").toString())
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private static List<String> asNobody(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        whole.addAll(command);
        return whole;
    }

    private static void own(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        Files.setOwner(
                path, FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    }

    private static void writeKeys(Path folder) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(Path.of(TestKeys.file()))) {
            store.load(in, TestKeys.PASSWORD.toCharArray());
        }
        String alias = store.aliases().nextElement();
        writePem(
                folder.resolve("server.key"),
                "PRIVATE KEY",
                store.getKey(alias, TestKeys.PASSWORD.toCharArray()).getEncoded());
        writePem(
                folder.resolve("server.crt"),
                "CERTIFICATE",
                store.getCertificate(alias).getEncoded());
    }

    private static void writePem(Path file, String type, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, PEM_LINE.getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
        own(file, "rw-------");
    }

    /** Returns its port. */
    public String port() {
        return PORT;
    }

    /** Returns the name of its superuser, who needs no password. */
    public String user() {
        return USER;
    }

    @Override
    public void close() {
        try {
            // SIGINT ends it at once but in order, so that it leaves no shared memory behind
            try (AppProcess kill = AppProcess.start(List.of("kill", "-INT", Long.toString(process.pid())))) {
                kill.awaitExit();
            }
            process.awaitExit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
