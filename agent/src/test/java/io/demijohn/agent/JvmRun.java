package io.demijohn.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.agent.Jvms.Jvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program run to its end in a JVM of its own.
 *
 * @param status the exit status
 * @param out the lines on its standard output
 * @param err the lines on its standard error
 * @param nanos how long it took from start to end
 */
record JvmRun(int status, List<String> out, List<String> err, long nanos) {
    private static final long WAIT_SECONDS_MAX = 90;

    /** The jar as it is shipped. */
    static final Path JAR = Path.of("target", "demijohn.jar").toAbsolutePath();

    /** Where the programs are. */
    static final Path CLASSES = Path.of("target", "test-classes").toAbsolutePath();

    /** Runs a program of ours under the agent. */
    static JvmRun underAgent(Jvm jvm, String options, Class<?> program, String... arguments) throws Exception {
        return run(jvm, List.of(agent(options)), program, arguments);
    }

    /** Returns the option that loads the agent. */
    static String agent(String options) {
        return "-javaagent:" + JAR + (options.isEmpty() ? "" : "=" + options);
    }

    /** Runs a program of ours with the JVM options given. */
    static JvmRun run(Jvm jvm, List<String> jvmOptions, Class<?> program, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(jvmOptions);
        line.addAll(List.of("-cp", CLASSES.toString(), program.getName()));
        line.addAll(List.of(arguments));
        return run(jvm, line);
    }

    /** Runs {@code java} with {@code arguments}. */
    static JvmRun run(Jvm jvm, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(jvm.home().resolve("bin/java").toString());
        command.add("-Xmx256m");
        command.addAll(arguments);
        File out = File.createTempFile("demijohn", ".out");
        File err = File.createTempFile("demijohn", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out).redirectError(err);
            builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
            long startNanos = System.nanoTime();
            Process process = builder.start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
            long nanos = System.nanoTime() - startNanos;
            process.destroyForcibly().waitFor();
            List<String> outLines = Files.readAllLines(out.toPath());
            List<String> errLines = Files.readAllLines(err.toPath());
            assertTrue(ended, () -> command + " did not end: " + outLines + errLines);
            return new JvmRun(process.exitValue(), outLines, errLines, nanos);
        } finally {
            Files.delete(out.toPath());
            Files.delete(err.toPath());
        }
    }
}
