package io.demijohn.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.demijohn.agent.Jvms.Jvm;
import io.demijohn.agent.app.ChannelCorners;
import io.demijohn.agent.app.InheritedSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the JDK does with channels beside their own methods, on the stock JDK and under the shipped jar. */
final class ChannelsJarTest {
    private static final String ALL_JVMS = "io.demijohn.agent.Jvms#all";
    private static final List<String> CORNERS = List.of("streams", "foreign");
    private static final int FIRST_WITH_STREAMS_OF_TWO_LOCKS = 19;

    /** Listens, says where, and becomes the command line with the listener, or the first connection, as descriptor 0. */
    private static final String INETD = "use IO::Socket::INET; use POSIX (); $| = 1; my $wait = shift;"
            + " my $l = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die $!;"
            + " print $l->sockport, qq(\\n); my $c = $wait eq 'wait' ? $l : $l->accept;"
            + " POSIX::dup2(fileno($c), 0); exec @ARGV;";

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void corners_onStock_workWhereTheJdkHasThem(Jvm jvm) throws Exception {
        assumeTrue(
                jvm.release() >= FIRST_WITH_STREAMS_OF_TWO_LOCKS,
                "before 19 the JDK's own streams of a channel keep each other out");
        assertEquals(CORNERS, JvmRun.run(jvm, List.of(), ChannelCorners.class).out());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void corners_underAgent_work(Jvm jvm) throws Exception {
        for (String options : List.of("log=off", "log=off,loop=on")) {
            JvmRun run = JvmRun.underAgent(jvm, options, ChannelCorners.class);
            assertEquals(CORNERS, run.out(), run::toString);
            assertEquals(0, run.status());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void inheritedSocket_stockAndUnderAgent_isTheOneGiven(Jvm jvm) throws Exception {
        for (String mode : List.of("nowait", "wait")) {
            assertTrue(inherited(jvm, List.of(), mode).startsWith("sun.nio.ch."));
            String agent = JvmRun.agent("log=off,loop=on");
            assertEquals("io.demijohn.spi.DemijohnProvider", inherited(jvm, List.of(agent), mode));
        }
    }

    /** Starts the program as inetd does, checks its echo, and returns the provider that it told. */
    private static String inherited(Jvm jvm, List<String> options, String mode) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "skipped: perl is not installed");
        List<String> command = new ArrayList<>(List.of("/usr/bin/perl", "-e", INETD, mode));
        command.add(jvm.home().resolve("bin/java").toString());
        command.addAll(options);
        command.addAll(List.of("-Xmx64m", "-cp", JvmRun.CLASSES.toString(), InheritedSocket.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        try (BufferedReader out = reader(process.getInputStream());
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(line(out)));
                BufferedReader in = reader(socket.getInputStream())) {
            socket.setSoTimeout(60_000);
            String provider = line(in);
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            char[] echo = new char[5];
            for (int count = 0; count < echo.length; ) {
                int more = in.read(echo, count, echo.length - count);
                assertTrue(more > 0, "ended after " + count);
                count += more;
            }
            assertEquals("hello", String.valueOf(echo));
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            return provider;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String line(BufferedReader in) throws IOException {
        return Objects.requireNonNull(in.readLine(), "ended");
    }

    private static BufferedReader reader(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }
}
