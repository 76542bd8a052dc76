package io.demijohn.device.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a test's body on a thread in a network namespace of its own; the test is skipped where the host forbids that. */
final class OwnNetwork {
    private static final long PATIENCE_SECONDS = 60;

    /** A test's body. */
    interface Body {
        void run() throws Exception;
    }

    private OwnNetwork() {}

    /** Runs {@code body} to its end and throws what it threw. */
    static void run(Body body) throws Exception {
        assumeTrue(Files.isReadable(Path.of("/dev/net/tun")), "skipped: needs /dev/net/tun");
        boolean[] entered = new boolean[1];
        @Nullable Throwable[] thrown = new Throwable[1];
        Thread thread = new Thread(
                () -> {
                    entered[0] = Privileges.enterFreshNetwork();
                    if (entered[0]) {
                        thrown[0] = outcome(body);
                    }
                },
                "own-network");
        thread.setDaemon(true);
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertFalse(thread.isAlive(), "the body hangs");
        assumeTrue(entered[0], "skipped: needs root (CAP_SYS_ADMIN) for a network namespace");
        Throwable failure = thrown[0];
        if (failure instanceof Exception e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
    }

    /** Runs {@code ip} in the calling thread's namespace: a child inherits it. */
    static void ip(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "ip";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), output);
    }

    /** Opens {@code uri} with the interface's own MTU. */
    static NetDevice open(String uri) throws DeviceException {
        return new TapProvider().open(uri, 0);
    }

    private static @Nullable Throwable outcome(Body body) {
        try {
            body.run();
            return null;
        } catch (Exception | AssertionError e) {
            return e;
        }
    }
}
