package io.demijohn.compat.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * A network namespace of one test: the kernel's side of the wire. Whatever a test runs, the JVM under test included, runs inside,
 * so that nothing reaches the host's own network. Used by the test's thread; deleted by {@link #close}.
 */
public final class NetNs implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;

    private NetNs(String name) {
        this.name = name;
    }

    /** Makes an empty namespace with its loopback up; skips the test unless it runs as root with iproute2. */
    public static NetNs create() {
        Needs.root();
        Needs.tool("ip");
        NetNs namespace = new NetNs("djt-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
        tryOnHost("make a network namespace", List.of("ip", "netns", "add", namespace.name));
        namespace.output("ip", "link", "set", "lo", "up");
        // a namespace has no other hosts: no address has to wait until nobody objected to it
        namespace.set("net/ipv6/conf/default/accept_dad", "0");
        return namespace;
    }

    /** Writes one of the settings below {@code /proc/sys}. */
    public void set(String setting, String value) {
        output("sh", "-c", "echo " + value + " > /proc/sys/" + setting);
    }

    /** Makes a wire from {@code device} here to {@code farDevice} in {@code far}; both ends are down and without addresses. */
    public void addWire(String device, NetNs far, String farDevice) {
        List<String> add = List.of("ip", "link", "add", device, "type", "veth", "peer", "name", farDevice);
        List<String> whole = new ArrayList<>(add);
        whole.addAll(List.of("netns", far.name));
        tryOnHost("make a pair of virtual Ethernet devices", inside(whole));
    }

    /** Adds an address to the loopback, such as {@code 10.77.0.2/32}. */
    public void addLoopbackAddress(String prefix) {
        output("ip", "address", "add", prefix, "dev", "lo");
    }

    /** Makes a tap device whose kernel side has these addresses, such as {@code 10.77.0.1/24} and {@code fd77::1/64}. */
    public void addTap(String device, String... prefixes) {
        Needs.tun();
        tryOnHost("make a tap device", inside(List.of("ip", "tuntap", "add", "dev", device, "mode", "tap")));
        for (String prefix : prefixes) {
            output("ip", "address", "add", prefix, "dev", device);
        }
        output("ip", "link", "set", device, "up");
    }

    /** Returns {@code command} as it is run inside. */
    public List<String> inside(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(command);
        return whole;
    }

    /** Runs a short command inside and returns its standard output; fails the test unless its status is 0. */
    public List<String> output(String... command) {
        return run(inside(List.of(command)));
    }

    /** Runs what a container may forbid even to root: that skips the test with the host's own words. */
    private static void tryOnHost(String what, List<String> command) {
        try (AppProcess process = AppProcess.start(command)) {
            if (process.awaitExit() != 0) {
                Assumptions.abort("skipped: this host lets nobody " + what + ": " + process.err());
            }
        } catch (InterruptedException e) {
            throw interrupted(command, e);
        }
    }

    private static List<String> run(List<String> command) {
        try (AppProcess process = AppProcess.start(command)) {
            return process.awaitSuccess();
        } catch (InterruptedException e) {
            throw interrupted(command, e);
        }
    }

    private static IllegalStateException interrupted(List<String> command, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted: " + command, e);
    }

    @Override
    public void close() {
        run(List.of("ip", "netns", "delete", name));
    }
}
