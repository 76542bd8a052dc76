package io.demijohn.compat.harness;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The JDK under test: {@code -Dtest.java.home}, by default the one that runs the tests. Makes command lines; starts nothing.
 */
public final class Jdk {
    private static final Path HOME = Path.of(System.getProperty("test.java.home", System.getProperty("java.home")));
    private static final String HEAP = "-Xmx512m";

    private Jdk() {}

    /** Returns the command that runs {@code app} as under the stock JDK. */
    public static List<String> stock(String app, String... args) {
        return command(List.of(), app, args);
    }

    /** Returns the command that runs {@code app} under the agent with {@code options}, empty for none. */
    public static List<String> agent(String options, String app, String... args) {
        String suffix = options.isEmpty() ? "" : "=" + options;
        return command(List.of("-javaagent:" + Project.agentJar() + suffix), app, args);
    }

    /** Returns the command that runs {@code app} with options of the JVM, under the agent unless its options are empty. */
    public static List<String> with(List<String> jvmOptions, String agentOptions, String app, String... args) {
        List<String> options = new ArrayList<>(jvmOptions);
        if (!agentOptions.isEmpty()) {
            options.add("-javaagent:" + Project.agentJar() + "=" + agentOptions);
        }
        return command(options, app, args);
    }

    /** Returns the path of the {@code java} launcher. */
    public static String launcher() {
        return HOME.resolve("bin/java").toString();
    }

    /** Returns its feature release, such as {@code 17}. */
    public static String feature() {
        Properties release = new Properties();
        try (Reader reader = Files.newBufferedReader(HOME.resolve("release"))) {
            release.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
        return version.split("[.+-]", 2)[0];
    }

    private static List<String> command(List<String> jvmOptions, String app, String... args) {
        List<String> command = new ArrayList<>(List.of(launcher(), HEAP));
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", Project.appJar(app).toString()));
        command.addAll(List.of(args));
        return command;
    }
}
