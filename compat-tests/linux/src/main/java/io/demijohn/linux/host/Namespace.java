package io.demijohn.linux.host;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network namespace that is one thread's: interfaces, settings and sockets made on that thread are inside.
 *
 * <p>Any thread may call; each call runs on the namespace's own thread. A socket stays in the namespace it was made in, so
 * any thread may use it afterwards. The namespace has no name: it goes with its thread, its interfaces and its sockets,
 * even if this process is killed.
 */
public final class Namespace implements AutoCloseable {
    private static final Path TUN = Path.of("/dev/net/tun");
    private static final int NAME_MAX_BYTES = 15;
    private static final int REQUEST_BYTES = 40;
    private static final int FLAGS_OFFSET = 16;

    /** Of a line of {@code /proc/net/dev}: frames dropped on sending. */
    private static final int DROP_COLUMN = 11;

    private final ExecutorService thread;

    private Namespace(ExecutorService thread) {
        this.thread = thread;
    }

    /** Returns why this host gives no namespace with a tap interface, or nothing if it does. */
    public static Optional<String> missing() {
        if (!Files.isReadable(TUN) || !Files.isWritable(TUN)) {
            return Optional.of("skipped: needs " + TUN + " and the right to open it");
        }
        boolean ip = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "ip")));
        if (!ip) {
            return Optional.of("skipped: ip (iproute2) is not installed");
        }
        try {
            open().close();
            return Optional.empty();
        } catch (IllegalStateException e) {
            return Optional.of("skipped: needs root (CAP_SYS_ADMIN) for a network namespace, " + e.getMessage());
        }
    }

    /**
     * Makes a namespace with its loopback up and without IPv6.
     *
     * @throws IllegalStateException if the host forbids it
     */
    public static Namespace open() {
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread own = new Thread(task, "namespace");
            own.setDaemon(true);
            return own;
        });
        Namespace namespace = new Namespace(thread);
        try {
            namespace.call(() -> Libc.checked(Libc.unshare(Libc.CLONE_NEWNET), "unshare"));
            namespace.ip("link", "set", "lo", "up");
            namespace.set("net/ipv6/conf/all/disable_ipv6", "1");
            namespace.set("net/ipv6/conf/default/disable_ipv6", "1");
            namespace.set("net/ipv4/tcp_no_metrics_save", "1"); // no connection learns from an earlier one
            return namespace;
        } catch (RuntimeException e) {
            thread.shutdown();
            throw e;
        }
    }

    /** Writes one of the settings below {@code /proc/sys} that each namespace has of its own; one that is not there stays so. */
    public void set(String setting, String value) {
        call(() -> {
            Path file = Path.of("/proc/sys", setting);
            return Files.exists(file) ? Files.writeString(file, value) : file;
        });
    }

    /** Lets the interfaces that are made from now on speak IPv6, with addresses that are theirs at once. */
    public void enableIpv6() {
        set("net/ipv6/conf/default/accept_dad", "0");
        set("net/ipv6/conf/all/disable_ipv6", "0");
        set("net/ipv6/conf/default/disable_ipv6", "0");
    }

    /** Runs {@code ip} inside; fails unless its status is 0. */
    public void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        output(command);
    }

    /** Runs a short command inside and returns what it prints; fails unless its status is 0. */
    public String output(List<String> command) {
        return call(() -> run(command, ""));
    }

    /** Makes a tap interface, up, with the address {@code prefix}; returns its descriptor, non-blocking, which the caller closes. */
    public int openTap(String name, String prefix) {
        int fd = call(() -> attach(name));
        ip("address", "add", prefix, "dev", name);
        ip("link", "set", name, "up");
        return fd;
    }

    /**
     * Makes a tap interface as {@link #openTap} does, with a station address of its own and one neighbour that is known without
     * asking.
     */
    public int openTap(String name, String prefix, String station, String neighbour, String neighbourStation) {
        int fd = call(() -> attach(name));
        batch(
                "link set " + name + " address " + station + " up",
                "address add " + prefix + " dev " + name,
                "neighbour add " + neighbour + " lladdr " + neighbourStation + " dev " + name + " nud permanent");
        return fd;
    }

    /** Runs several lines of {@code ip} in one process; fails unless its status is 0. */
    public void batch(String... lines) {
        call(() -> run(List.of("ip", "-batch", "-"), String.join("\n", lines) + "\n"));
    }

    /** Returns the frames that the kernel dropped because nobody read the tap interface {@code name} in time. */
    public long transmitDropped(String name) {
        return call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/dev")).stream()
                .map(String::strip)
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(name.length() + 1).strip().split("\\s+", -1)[DROP_COLUMN]))
                .sum());
    }

    /** Returns a socket inside that uses {@code congestionControl}, as root may choose for any socket. */
    public SocketChannel socket(String congestionControl) {
        SocketChannel channel = call(() -> SocketChannel.open(StandardProtocolFamily.INET));
        SocketSettings.setCongestionControl(channel, congestionControl);
        return channel;
    }

    /** Returns an unbound listening socket inside whose connections use {@code congestionControl}. */
    public ServerSocketChannel listener(String congestionControl) {
        ServerSocketChannel channel = call(() -> ServerSocketChannel.open(StandardProtocolFamily.INET));
        SocketSettings.setCongestionControl(channel, congestionControl);
        return channel;
    }

    /** Runs {@code task} inside and returns its result. */
    public <T> T call(Callable<T> task) {
        try {
            return thread.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        }
    }

    /** Lets the thread go; the namespace follows when its descriptors are closed. */
    @Override
    public void close() {
        thread.shutdown();
    }

    private static String run(List<String> command, String input) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream to = process.getOutputStream()) {
            to.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command + ": " + input + output);
        }
        return output;
    }

    private static int attach(String name) throws IOException {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        if (text.length > NAME_MAX_BYTES) {
            throw new IOException(name + " is too long for an interface");
        }
        int fd = Libc.checked(Libc.open(TUN.toString(), Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC), "open tun");
        try (Region request = Region.allocate(REQUEST_BYTES)) {
            Mem.fill(request.address(), REQUEST_BYTES, 0);
            Mem.copyIn(text, 0, request.address(), text.length);
            Mem.putU16(request.address() + FLAGS_OFFSET, Libc.IFF_TAP_NO_PI);
            if (Libc.ioctl(fd, Libc.TUNSETIFF, request.address()) < 0) {
                int errno = Libc.errno();
                Libc.close(fd);
                throw new IOException("TUNSETIFF " + name + ": errno " + errno);
            }
        }
        return fd;
    }
}
