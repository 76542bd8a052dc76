package io.demijohn.compat.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The TCP sockets of the kernel that one process holds, from {@code /proc/PID}: listening ones and those with a peer. Needs no
 * tool and no root, and sees the namespace of the process.
 */
public final class ProcessSockets {
    private static final String SOCKET = "socket:[";
    private static final int INODE = 9;

    private ProcessSockets() {}

    /** Returns one {@code LOCAL REMOTE STATE} in the kernel's hexadecimal form for each socket. */
    public static List<String> tcp(AppProcess process) throws IOException {
        Path folder = Path.of("/proc/" + process.pid());
        Set<String> inodes = inodes(folder.resolve("fd"));
        List<String> found = new ArrayList<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            Path file = folder.resolve(table);
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields.length > INODE && inodes.contains(fields[INODE])) {
                    found.add(fields[1] + " " + fields[2] + " " + fields[3]);
                }
            }
        }
        return found;
    }

    private static Set<String> inodes(Path folder) throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(folder)) {
            for (Path descriptor : descriptors.toList()) {
                String target = target(descriptor);
                if (target.startsWith(SOCKET)) {
                    inodes.add(target.substring(SOCKET.length(), target.length() - 1));
                }
            }
        }
        return inodes;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) { // closed since it was listed
            return "";
        }
    }
}
