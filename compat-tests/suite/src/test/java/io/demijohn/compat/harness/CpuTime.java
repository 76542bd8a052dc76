package io.demijohn.compat.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processor time that a process has used, from {@code /proc/PID/stat}. */
public final class CpuTime {
    /** USER_HZ, which every Linux port that runs a JDK fixes at 100. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME_AFTER_NAME = 11;

    private CpuTime() {}

    /** Returns utime + stime of {@code pid} in seconds. */
    public static double ofProcessSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME_AFTER_NAME]) + Long.parseLong(fields[UTIME_AFTER_NAME + 1]))
                / TICKS_PER_SECOND;
    }
}
