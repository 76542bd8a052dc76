package io.demijohn.compat.harness;

import java.util.ArrayList;
import java.util.List;

/**
 * One test's wire with two ends: {@code ours}, where the program under test runs, and {@code kernel}, where the host's own tools
 * and stock JVMs run. On the stock rig both ends are the kernel, which shows that the test itself is right.
 *
 * <p>Used by the test's thread; {@link #close} ends every process and deletes the namespace.
 */
public final class Rig implements AutoCloseable {
    /** The address at which the program under test is reached. */
    public static final String OURS = "10.77.0.2";

    /** The kernel's address on the same wire. */
    public static final String KERNEL = "10.77.0.1";

    /** The IPv6 address at which the program under test is reached. */
    public static final String OURS_IPV6 = "fd77::2";

    /** The kernel's IPv6 address on the same wire. */
    public static final String KERNEL_IPV6 = "fd77::1";

    /** The tap device of the rig that has one. */
    public static final String TAP = "dj0";

    private static final String TAP_OPTIONS = "net=tap:" + TAP + ",address=" + OURS + "/24," + OURS_IPV6
            + "/64,gateway=" + KERNEL + "," + KERNEL_IPV6 + ",report=exit";

    private static final String TAP_BEYOND = "dj1";

    private static final String BEYOND_OPTIONS =
            "net=tap:" + TAP_BEYOND + ",address=10.78.0.2/24,gateway=10.78.0.1,report=exit";

    private final NetNs namespace;
    private final String agentOptions;
    private final List<AppProcess> processes = new ArrayList<>();

    private Rig(NetNs namespace, String agentOptions) {
        this.namespace = namespace;
        this.agentOptions = agentOptions;
    }

    /** Opens a rig whose addresses, two of each family, are all the kernel's. */
    public static Rig stock() {
        NetNs namespace = NetNs.create();
        namespace.addLoopbackAddress(OURS + "/32");
        namespace.addLoopbackAddress(KERNEL + "/32");
        namespace.addLoopbackAddress(OURS_IPV6 + "/128");
        namespace.addLoopbackAddress(KERNEL_IPV6 + "/128");
        return new Rig(namespace, "");
    }

    /** Opens a rig with a tap device between our stack and the kernel's. */
    public static Rig tap() {
        return tap("");
    }

    /** Opens such a rig whose agent has more options, such as {@code ,mtu=1280}. */
    public static Rig tap(String moreOptions) {
        NetNs namespace = NetNs.create();
        try {
            namespace.addTap(TAP, KERNEL + "/24", KERNEL_IPV6 + "/64");
        } catch (RuntimeException e) {
            namespace.close();
            throw e;
        }
        return new Rig(namespace, TAP_OPTIONS + moreOptions);
    }

    /** Returns the namespace of the kernel's end. */
    public NetNs namespace() {
        return namespace;
    }

    /** Starts {@code app} at our end. */
    public AppProcess ours(String app, String... args) {
        return oursWith(List.of(), app, args);
    }

    /** Starts {@code app} at our end on a JVM with more options. */
    public AppProcess oursWith(List<String> jvmOptions, String app, String... args) {
        return start(Jdk.with(jvmOptions, agentOptions, app, args));
    }

    /**
     * Starts {@code app} at a further end of ours: behind a tap device with a network of its own, to which the kernel is the router.
     * To be called once at most.
     */
    public AppProcess oursBeyond(String app, String... args) {
        if (agentOptions.isEmpty()) {
            return kernel(app, args);
        }
        namespace.addTap(TAP_BEYOND, "10.78.0.1/24");
        namespace.set("net/ipv4/ip_forward", "1");
        return start(Jdk.agent(BEYOND_OPTIONS, app, args));
    }

    /** Starts {@code app} at the kernel's end, on a stock JVM. */
    public AppProcess kernel(String app, String... args) {
        return start(Jdk.stock(app, args));
    }

    /** Starts a tool of the host at the kernel's end. */
    public AppProcess tool(String... command) {
        return start(List.of(command));
    }

    /** Starts any command inside the rig's namespace. */
    public AppProcess start(List<String> command) {
        AppProcess process = AppProcess.start(namespace.inside(command));
        processes.add(process);
        return process;
    }

    /** Runs a short tool to its end inside the namespace and returns its output. */
    public List<String> output(String... command) {
        return namespace.output(command);
    }

    /** Returns what every process has printed, as an exception to hang on a failure. */
    public Exception transcript() {
        StringBuilder text = new StringBuilder("transcripts");
        processes.forEach(process -> text.append('\n').append(process.transcript()));
        Exception transcript = new Exception(text.toString());
        transcript.setStackTrace(new StackTraceElement[0]);
        return transcript;
    }

    @Override
    public void close() {
        processes.forEach(AppProcess::close);
        namespace.close();
    }
}
