package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.DeviceException;
import io.demijohn.spi.config.Configuration;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatapathTest {
    @Test
    void open_unknownScheme_oneLineWithTheKnownOnes() throws Exception {
        DeviceException refused = assertThrows(DeviceException.class, () -> new Devices().open("carrier:pigeon", 0));
        assertEquals("net=carrier:pigeon: unknown scheme; allowed: loop:, tap:", refused.getMessage());
    }

    @Test
    void close_twice_quietAndEnginesAreGone() throws Exception {
        Datapath datapath = Datapath.open(Configuration.read("loop=on", new Properties()));
        datapath.close();
        datapath.close();
        assertEquals(1, datapath.engines().size());
    }

    @Test
    void closeAtExit_applicationHooks_finishFirst() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                patch(),
                "--add-exports=java.base/jdk.internal.access=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                ExitingApplication.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Redirect.PIPE)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals("application's hook\ndevice loop: connections 0 received 0 sent 0\n", said);
        assertEquals(3, process.exitValue());
    }

    /** Returns the option that puts the bridge's classes into the JDK, as this JVM has it. */
    private static String patch() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--patch-module="))
                .findFirst()
                .orElseThrow();
    }

    /** Ends with a shutdown hook of its own that takes its time. */
    static final class ExitingApplication {
        private ExitingApplication() {}

        public static void main(String[] arguments) throws Exception {
            Datapath datapath = Datapath.open(Configuration.read("loop=on", new Properties()));
            datapath.closeAtExit(ExitingApplication::say);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                say("application's hook\n");
            }));
            Runtime.getRuntime().exit(3);
        }

        private static void say(String text) {
            try {
                java.io.FileOutputStream out = new java.io.FileOutputStream(java.io.FileDescriptor.out);
                out.write(text.getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
