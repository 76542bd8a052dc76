package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Figures;
import io.demijohn.compat.harness.Needs;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.RigTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Jetty server answers the kernel's curl: what it must do on any rig. */
abstract class JettyContract extends RigTest {
    /** Nobody listens there: the namespace is the test's own. */
    private static final int DISCARD_PORT = 9;

    static final int CURL_COULD_NOT_CONNECT = 7;

    private AppProcess jetty;
    private String url = "";

    @BeforeEach
    final void startJetty() throws InterruptedException {
        Needs.tool("curl");
        jetty = rig().ours("jetty-hello", "--host", host());
        url = "http://" + inUrl(host()) + ":" + jetty.awaitLine("ready ");
    }

    /** Returns the address that Jetty listens on. */
    String host() {
        return Rig.OURS;
    }

    static String inUrl(String host) {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    final AppProcess jetty() {
        return jetty;
    }

    final String url() {
        return url;
    }

    final String port() {
        return url.substring(url.lastIndexOf(':') + 1);
    }

    @Test
    void curl_bodyOfOneByte_hashesEqual(@TempDir Path folder) throws Exception {
        assertBody(folder, 1);
    }

    @Test
    void curl_bodyOfTenKilobytes_hashesEqual(@TempDir Path folder) throws Exception {
        assertBody(folder, 10 << 10);
    }

    @Test
    void curl_bodyOfFiftyMegabytes_hashesEqual(@TempDir Path folder) throws Exception {
        assertBody(folder, 50 << 20);
    }

    @Test
    void curl_twoHundredRequests_keepOneConnection() {
        List<String> connects = rig().output(
                        "curl",
                        "-sS",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code} %{num_connects}\\n",
                        forCurl(url) + "/hello?[1-200]");
        assertEquals("200 1", connects.get(0));
        assertEquals(Collections.nCopies(199, "200 0"), connects.subList(1, connects.size()));
    }

    @Test
    void curl_fiftyConnectionsAtOnce_areAllAnswered(@TempDir Path folder) throws Exception {
        rig().output(
                        "curl",
                        "-sS",
                        "--parallel",
                        "--parallel-immediate",
                        "--parallel-max",
                        "50",
                        "-o",
                        folder + "/#1",
                        forCurl(url) + "/bytes/100000?[1-50]");
        List<String> hashes = IntStream.rangeClosed(1, 50)
                .mapToObj(i -> hash(folder.resolve(Integer.toString(i))))
                .toList();
        assertEquals(Collections.nCopies(50, sha256(body(100_000))), hashes);
    }

    @Test
    void curl_toAPortWithoutListener_isRefused() throws Exception {
        AppProcess curl = rig().tool("curl", "-sSv", "http://" + inUrl(host()) + ":" + DISCARD_PORT + "/");
        assertEquals(CURL_COULD_NOT_CONNECT, curl.awaitExit());
        assertTrue(curl.err().stream().anyMatch(line -> line.contains("Connection refused")), curl::transcript);
    }

    @Test
    void httpClient_manyRequests_getEveryBody() throws Exception {
        List<String> lines = rig().kernel(
                        "http-client",
                        "--url",
                        url + "/bytes/64",
                        "--requests",
                        "2000",
                        "--warmup",
                        "1000",
                        "--mode",
                        "plain")
                .awaitSuccess();
        assertEquals(1, lines.size());
        assertTrue(lines.get(0).startsWith("requests=2000 "), lines.get(0));
        Figures.note(getClass().getSimpleName() + ".httpClient", lines.get(0));
    }

    @Test
    void inputEnds_whileServing_jettyStopsInOrder() throws Exception {
        rig().output("curl", "-sS", "-o", "/dev/null", url + "/hello");
        jetty.endInput();
        assertEquals(List.of("ready " + port(), "stopped"), jetty.awaitSuccess());
    }

    /** Escapes what curl takes for a range: the brackets of an address. */
    private static String forCurl(String url) {
        return url.replace("[", "\\[").replace("]", "\\]");
    }

    private void assertBody(Path folder, int bytes) throws IOException {
        Path file = folder.resolve("body");
        List<String> speed = rig().output(
                        "curl",
                        "-sS",
                        "-o",
                        file.toString(),
                        "-w",
                        "%{speed_download} bytes/s",
                        url + "/bytes/" + bytes);
        assertEquals(bytes, Files.size(file));
        assertEquals(sha256(body(bytes)), hash(file));
        Figures.note(getClass().getSimpleName() + ".curl." + bytes, speed.get(0));
    }

    /** The body that the program documents: byte i is {@code (byte) (i * 31 + (i >>> 8) * 7)}. */
    private static byte[] body(int bytes) {
        byte[] body = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            body[i] = (byte) (i * 31 + (i >>> 8) * 7);
        }
        return body;
    }

    private static String hash(Path file) {
        try {
            return sha256(Files.readAllBytes(file));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
