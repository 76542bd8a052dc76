package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.ProcessSockets;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks that a program's connections went where they should: a silent fall back to the kernel fails the test. */
final class Bypass {
    private static final Pattern DEVICE = Pattern.compile("device \\S+ connections \\d+ received (\\d+) sent (\\d+)");
    private static final Pattern CONNECTS = Pattern.compile("connect inet \\S+ (\\d+)");
    private static final Pattern LISTENERS = Pattern.compile("listen inet \\S+ (\\d+)");
    private static final Pattern FALLBACK = Pattern.compile("(connect|listen|accept) kernel .*|.*\\bescape\\b.*");

    /** Less than any test sends. */
    private static final long FRAMES_MIN = 100;

    private Bypass() {}

    /** While the program has connections open: the kernel knows none of them under the agent, and some of them without it. */
    static void assertWhileOpen(Transport transport, AppProcess process) throws IOException {
        List<String> sockets = ProcessSockets.tcp(process);
        assertEquals(transport.isBypass(), sockets.isEmpty(), () -> "kernel sockets: " + sockets);
    }

    /** After the program's end: its report tells of at least so many listeners and connects, and of none by the kernel. */
    static void assertReported(Transport transport, AppProcess process, long listenersMin, long connectsMin) {
        if (!transport.isBypass()) {
            return;
        }
        assertTrue(sum(process, DEVICE, 1) >= FRAMES_MIN, process::transcript);
        assertTrue(sum(process, DEVICE, 2) >= FRAMES_MIN, process::transcript);
        assertTrue(sum(process, LISTENERS, 1) >= listenersMin, process::transcript);
        assertTrue(sum(process, CONNECTS, 1) >= connectsMin, process::transcript);
        assertFalse(
                process.err().stream()
                        .anyMatch(line -> FALLBACK.matcher(reported(line)).matches()),
                process::transcript);
    }

    private static long sum(AppProcess process, Pattern pattern, int group) {
        return process.err().stream()
                .map(line -> pattern.matcher(reported(line)))
                .filter(Matcher::matches)
                .mapToLong(matcher -> Long.parseLong(matcher.group(group)))
                .sum();
    }

    /** Returns what the report says in a line, empty if it is none of ours. */
    private static String reported(String line) {
        return line.startsWith("demijohn: ") ? line.substring("demijohn: ".length()) : "";
    }
}
