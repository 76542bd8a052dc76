package io.demijohn.device.tap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What this host allows as to tap interfaces, read from {@code /dev}, {@code /proc} and {@code /sys}; changes nothing.
 *
 * <p>Control plane, any thread. Tests give a root directory of their own.
 */
final class TapHost {
    static final String NO_TUN = "/dev/net/tun is missing; load the kernel's tun module (\"modprobe tun\"), or give the"
            + " container --device /dev/net/tun";

    private static final String STATUS = "proc/thread-self/status";
    private static final int CAP_NET_ADMIN = 12;

    private final Path root;

    TapHost(Path root) {
        this.root = root;
    }

    /** Returns the numeric effective user id of this process, or "UID" where the host does not say. */
    static String userId() {
        String[] ids = new TapHost(Path.of("/")).status("Uid").split("\\s+", -1);
        return ids.length > 1 ? ids[1] : "UID";
    }

    /** Returns the line for a tun device that may not be opened, for the interface {@code name}. */
    static String noAccess(String name) {
        return "no permission to open /dev/net/tun; as root run \"chmod 666 /dev/net/tun\" and \"ip tuntap add dev "
                + name + " mode tap user " + userId() + "\", or start as root with CAP_NET_ADMIN";
    }

    /** Returns what is missing, one line each with its remedy; empty when a tap can be opened. */
    List<String> missing() {
        String architecture = System.getProperty("os.arch", "");
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")
                || !(architecture.equals("amd64") || architecture.equals("aarch64"))) {
            return List.of("tap needs Linux on x86-64 or aarch64");
        }
        List<String> missing = new ArrayList<>();
        String link = nativeLink();
        if (!link.isEmpty()) {
            missing.add(link);
        }
        Path tun = root.resolve("dev/net/tun");
        if (!Files.exists(tun)) {
            missing.add(NO_TUN);
        } else if (!Files.isReadable(tun) || !Files.isWritable(tun)) {
            missing.add(noAccess("NAME"));
        }
        if (!hasNetAdmin() && !hasOwnInterface()) {
            missing.add("no CAP_NET_ADMIN to create a tap interface, and none here is this user's; as root run"
                    + " \"ip tuntap add dev NAME mode tap user " + userId() + "\"");
        }
        return missing;
    }

    /** Returns why the system calls cannot be reached, or nothing. */
    static String nativeLink() {
        try {
            Libc.errno();
            return "";
        } catch (LinkageError e) {
            return "JNA cannot load its native library (" + e.getMessage() + "); set -Djna.tmpdir to a directory that"
                    + " allows execution";
        }
    }

    private boolean hasNetAdmin() {
        String capabilities = status("CapEff");
        return !capabilities.isEmpty() && (Long.parseUnsignedLong(capabilities, 16) >>> CAP_NET_ADMIN & 1) == 1;
    }

    /** Returns whether some tap interface may be attached to by this user: an owner or group of -1 means anybody. */
    private boolean hasOwnInterface() {
        Path interfaces = root.resolve("sys/class/net");
        if (!Files.isDirectory(interfaces)) {
            return false;
        }
        String user = field(status("Uid"), 1);
        List<String> groups = new ArrayList<>(List.of(status("Groups").split("\\s+", -1)));
        groups.add(field(status("Gid"), 1));
        try (Stream<Path> entries = Files.list(interfaces)) {
            return entries.filter(entry -> Files.exists(entry.resolve("tun_flags")))
                    .anyMatch(entry -> isAllowed(text(entry.resolve("owner")), List.of(user))
                            && isAllowed(text(entry.resolve("group")), groups));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static boolean isAllowed(String wanted, List<String> held) {
        return wanted.equals("-1") || held.contains(wanted);
    }

    /** Returns the value of one line of the status file, or nothing. */
    private String status(String key) {
        for (String line : text(root.resolve(STATUS)).split("\n", -1)) {
            if (line.startsWith(key + ":")) {
                return line.substring(key.length() + 1).strip();
            }
        }
        return "";
    }

    private static String field(String line, int index) {
        String[] fields = line.split("\\s+", -1);
        return index < fields.length ? fields[index] : "";
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
