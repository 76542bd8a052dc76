package io.demijohn.compat.harness;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One TCP socket of the kernel, as {@code ss} shows it.
 *
 * @param local the local {@code address:port}
 * @param remote the remote {@code address:port}
 * @param owner what ss says of the processes that hold it
 */
public record KernelSocket(String local, String remote, String owner) {
    private static final Pattern LINE = Pattern.compile("\\S+\\s+\\d+\\s+\\d+\\s+(\\S+)\\s+(\\S+)\\s*(.*)");

    /** Returns every TCP socket in the rig's namespace, listening ones included. */
    public static List<KernelSocket> all(Rig rig) {
        Needs.tool("ss");
        return rig.output("ss", "-Htanp").stream().map(KernelSocket::of).toList();
    }

    private static KernelSocket of(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalStateException("not a line of ss: " + line);
        }
        return new KernelSocket(matcher.group(1), matcher.group(2), matcher.group(3));
    }

    /** Returns true if {@code process} holds the socket. */
    public boolean isHeldBy(AppProcess process) {
        return owner.contains("pid=" + process.pid() + ",");
    }
}
