package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The contracts of channels and selectors once more, over a tap device in a network namespace: between two channels of ours
 * that meet at our own address, and between one of ours and the kernel's across the device.
 */
class TapFamiliesTest {
    private static final String NAMESPACE = "djc-" + ProcessHandle.current().pid();
    private static final String OURS = "10.77.0.2,fd77::2";
    private static final String KERNELS = "10.77.0.1,fd77::1";
    private static final String OPTIONS = "net=tap:djc0,address=10.77.0.2/24,fd77::2/64,memory=64m";
    private static final long RUN_SECONDS_MAX = 240;

    @TempDir
    static Path folder = Path.of("");

    @BeforeAll
    static void makeNamespace() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: needs root to make a network namespace");
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "skipped: this kernel has no /dev/net/tun");
        try {
            run("ip", "netns", "add", NAMESPACE);
            inside("ip", "link", "set", "lo", "up");
            inside("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad");
            inside("ip", "tuntap", "add", "dev", "djc0", "mode", "tap");
            inside("ip", "address", "add", "10.77.0.1/24", "dev", "djc0");
            inside("ip", "address", "add", "fd77::1/64", "dev", "djc0");
            inside("ip", "link", "set", "djc0", "up");
        } catch (IllegalStateException refused) {
            abort("skipped: this host lets nobody make a namespace with a tap device: " + refused.getMessage());
        }
    }

    @AfterAll
    static void deleteNamespace() throws Exception {
        if (Files.exists(Path.of("/run/netns", NAMESPACE))) {
            run("ip", "netns", "delete", NAMESPACE);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LoopSelectorTest|" + OURS,
                "LoopSelectorTest|" + KERNELS,
                "LoopSelectorKeysTest|" + OURS,
                "LoopSelectorActionTest|" + OURS,
                "LoopSelectorActionTest|" + KERNELS,
                "LoopSocketChannelTest|" + OURS,
                "LoopSocketChannelTest|" + KERNELS,
                "LoopChannelConnectTest|" + OURS,
                "LoopChannelReleaseTest|" + OURS,
                "LoopChannelReleaseTest|" + KERNELS,
                "LoopFileTransferTest|" + OURS,
                "LoopFileTransferTest|" + KERNELS,
                "LoopAdaptorTest|" + OURS
            })
    void family_overTap_everyTestPasses(String testClass, String addresses) throws Exception {
        Path result = Files.createTempFile(folder, "result", ".txt");
        int comma = addresses.indexOf(',');
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", NAMESPACE));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--") || argument.startsWith("-X"))
                .forEach(command::add);
        command.add("-Dcontract.options=" + OPTIONS);
        command.add("-Dcontract.ipv4=" + addresses.substring(0, comma));
        command.add("-Dcontract.ipv6=" + addresses.substring(comma + 1));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TapFamilies.class.getName()));
        command.addAll(List.of("io.demijohn.spi." + testClass, result.toString()));
        run(command.toArray(new String[0]));
        List<String> lines = Files.readAllLines(result);
        String transcript = String.join("\n", lines);
        assertEquals("failed 0", lines.get(lines.size() - 1), transcript);
        assertTrue(lines.get(lines.size() - 2).matches("passed [1-9][0-9]*"), transcript);
    }

    private static void inside(String... command) throws Exception {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", NAMESPACE));
        whole.addAll(List.of(command));
        run(whole.toArray(new String[0]));
    }

    private static void run(String... command) throws Exception {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        if (!ended || process.exitValue() != 0) {
            throw new IllegalStateException(
                    String.join(" ", command) + (ended ? "" : " did not end") + ": " + Files.readString(output));
        }
    }
}
