package io.demijohn.agent.hook;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDeviceProvider;
import io.demijohn.spi.Bootstrap;
import io.demijohn.spi.config.Configuration;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Examines host and JVM for {@code java -jar demijohn.jar doctor}.
 *
 * <p>Hooks the JVM it runs in, as the agent would, and opens no device.
 */
final class Doctor {
    private static final int STATUS_NOT_HOOKED = 1;

    /** What the design has and this version lacks. */
    private static final List<String> LATER = List.of(
            "afxdp: a NIC's queue through AF_XDP",
            "memif: a shared-memory link to VPP",
            "vhost: a vhost-user port of a virtual switch",
            "dpdk: a NIC through DPDK",
            "rdma: streams over RDMA verbs",
            "spdk: files on a block device in user space",
            "uring: files through io_uring");

    private Doctor() {}

    static Map.Entry<Integer, List<String>> examine(Instrumentation instrumentation, String version) {
        List<String> lines = new ArrayList<>();
        lines.add("demijohn " + version + " on Java " + Runtime.version() + " (" + System.getProperty("java.vm.name")
                + "), " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch"));
        int status = examineJvm(instrumentation, lines);
        lines.add("network devices:");
        for (NetDeviceProvider provider : ServiceLoader.load(NetDeviceProvider.class, Doctor.class.getClassLoader())) {
            examineDevice(provider, lines);
        }
        for (String later : LATER) {
            lines.add("  - " + later + ": not in this version");
        }
        return Map.entry(status, lines);
    }

    private static int examineJvm(Instrumentation instrumentation, List<String> lines) {
        try {
            NativeAccess.enable(Doctor.class.getModule());
            JdkHooks.install(instrumentation);
            try (Bootstrap bootstrap = Bootstrap.start(Configuration.defaults())) {
                AgentEntry.switchOn(bootstrap);
            }
            lines.add("this JVM: can be hooked");
            return 0;
        } catch (HookException | DeviceException failed) {
            lines.add("this JVM: cannot be hooked: " + failed.getMessage());
            return STATUS_NOT_HOOKED;
        }
    }

    private static void examineDevice(NetDeviceProvider provider, List<String> lines) {
        List<String> missing = provider.missing();
        String description = provider.description();
        String name = description.startsWith(provider.scheme() + ":") ? "" : provider.scheme() + ": ";
        lines.add("  " + (missing.isEmpty() ? "+ " : "- ") + name + description + (missing.isEmpty() ? ": ready" : ""));
        for (String lack : missing) {
            lines.add("      missing: " + lack);
        }
    }
}
