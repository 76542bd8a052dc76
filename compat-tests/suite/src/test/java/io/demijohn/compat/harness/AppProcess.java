package io.demijohn.compat.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One program that a test runs: its lines as they come, its end, and the power to end it. Used by the test's thread; two daemon
 * threads collect the output. Every wait is bounded and fails with the whole transcript.
 */
public final class AppProcess implements AutoCloseable {
    private static final long WAIT_SECONDS_MAX = 90;

    private final List<String> command;
    private final Process process;
    private final Transcript out;
    private final Transcript err;

    private AppProcess(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        this.out = Transcript.of(process.inputReader(StandardCharsets.UTF_8), "stdout");
        this.err = Transcript.of(process.errorReader(StandardCharsets.UTF_8), "stderr");
    }

    /** Starts {@code command}; its standard input stays open until {@link #endInput} or {@link #close}. */
    public static AppProcess start(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
            return new AppProcess(command, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the process id, which is the program's own: whatever stands before it on the command line only execs. */
    public long pid() {
        return process.pid();
    }

    /** Returns true until the program has ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for a line of standard output that begins with {@code start}, and returns what follows it. */
    public String awaitLine(String start) throws InterruptedException {
        return await(out, line -> line.startsWith(start)).substring(start.length());
    }

    /** Waits for a line of standard output that contains {@code part}, and returns the line. */
    public String awaitLineWith(String part) throws InterruptedException {
        return await(out, line -> line.contains(part));
    }

    /** Waits for a line of standard error that contains {@code part}, and returns the line. */
    public String awaitErrorLine(String part) throws InterruptedException {
        return await(err, line -> line.contains(part));
    }

    private String await(Transcript from, Predicate<String> wanted) throws InterruptedException {
        String line = from.await(wanted, WAIT_SECONDS_MAX);
        if (line.isEmpty()) {
            throw new AssertionError("the awaited line did not come from " + transcript());
        }
        return line;
    }

    /** Closes the program's standard input, which asks the programs of apps-under-test to end. */
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Waits for the program's end and for all of its output, and returns the exit status. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("did not end: " + transcript());
        }
        out.awaitEnd(WAIT_SECONDS_MAX);
        err.awaitEnd(WAIT_SECONDS_MAX);
        return process.exitValue();
    }

    /** Waits for an end with status 0 and returns standard output. */
    public List<String> awaitSuccess() throws InterruptedException {
        int status = awaitExit();
        if (status != 0) {
            throw new AssertionError("status " + status + ": " + transcript());
        }
        return out.lines();
    }

    /** Lets the program be for {@code seconds}, in which it must not end. */
    public void observe(long seconds) throws InterruptedException {
        if (process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("ended early: " + transcript());
        }
    }

    /** Returns standard output so far. */
    public List<String> out() {
        return out.lines();
    }

    /** Returns standard error so far. */
    public List<String> err() {
        return err.lines();
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() throws InterruptedException {
        // not process.destroyForcibly, which throws away what the program printed last
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    /** Sends SIGTERM, which ends a JVM in order. */
    public void terminate() {
        // not process.destroy, which also closes the program's standard input
        process.toHandle().destroy();
    }

    /** Ends the program if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    /** Returns the command and all output so far. */
    public String transcript() {
        List<String> text = new ArrayList<>(List.of(String.join(" ", command)));
        out.lines().forEach(line -> text.add("  out| " + line));
        err.lines().forEach(line -> text.add("  err| " + line));
        text.add(process.isAlive() ? "  (runs)" : "  (status " + process.exitValue() + ")");
        return String.join("\n", text);
    }

    /** The lines of one stream; filled by its own thread, read by the test's. */
    private static final class Transcript {
        private static final int LINES_MAX = 20_000;

        private final List<String> lines = new ArrayList<>();
        private boolean ended;

        static Transcript of(BufferedReader reader, String name) {
            Transcript transcript = new Transcript();
            Thread thread = new Thread(() -> transcript.fill(reader), name);
            thread.setDaemon(true);
            thread.start();
            return transcript;
        }

        private void fill(BufferedReader reader) {
            try (reader) {
                reader.lines().forEach(this::add);
            } catch (IOException | UncheckedIOException e) {
                add("(" + e.getMessage() + ")");
            }
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }

        private synchronized void add(String line) {
            if (lines.size() < LINES_MAX) {
                lines.add(line);
            }
            notifyAll();
        }

        synchronized List<String> lines() {
            return List.copyOf(lines);
        }

        /** Returns the first wanted line, empty if the stream ends or the time passes without one. */
        synchronized String await(Predicate<String> wanted, long seconds) throws InterruptedException {
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            for (int seen = 0; ; ) {
                for (; seen < lines.size(); seen++) {
                    if (wanted.test(lines.get(seen))) {
                        return lines.get(seen);
                    }
                }
                long leftNanos = deadlineNanos - System.nanoTime();
                if (ended || leftNanos <= 0) {
                    return "";
                }
                TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
            }
        }

        void awaitEnd(long seconds) throws InterruptedException {
            await(line -> false, seconds);
        }
    }
}
