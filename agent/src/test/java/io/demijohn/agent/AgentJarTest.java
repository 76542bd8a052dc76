package io.demijohn.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.demijohn.agent.Jvms.Jvm;
import io.demijohn.agent.app.AsyncInspect;
import io.demijohn.agent.app.EarlyAgent;
import io.demijohn.agent.app.Hello;
import io.demijohn.agent.app.Inspect;
import io.demijohn.agent.app.KernelTraffic;
import io.demijohn.agent.app.LateAttach;
import io.demijohn.agent.app.Nothing;
import io.demijohn.agent.app.PoolThreads;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an application notices of the shipped jar: one line on standard error, and nothing else. */
final class AgentJarTest {
    private static final String ALL_JVMS = "io.demijohn.agent.Jvms#all";
    private static final String START_LINE = "demijohn .*: transports kernel; .*";
    private static final List<String> TRAFFIC = List.of("sockets", "channels", "asynchronous", "datagrams", "http");

    private final Path directory;

    AgentJarTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void hello_underAgent_printsOneLineAndKeepsItsStatus(Jvm jvm) throws Exception {
        JvmRun run = JvmRun.underAgent(jvm, "", Hello.class, "7");
        assertStarted(run);
        assertEquals(List.of("hello"), run.out());
        assertEquals(7, run.status());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void logOff_hello_printsNothing(Jvm jvm) throws Exception {
        for (String options : List.of("log=off", "log=error")) {
            JvmRun run = JvmRun.underAgent(jvm, options, Hello.class);
            assertEquals(List.of(), run.err());
            assertEquals(List.of("hello"), run.out());
            assertEquals(0, run.status());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void application_looksAround_findsOurProviderAndNoneOfOurClasses(Jvm jvm) throws Exception {
        String[] hidden = {
            "io.demijohn.spi.Bootstrap",
            "io.demijohn.device.NetDevice",
            "io.demijohn.agent.hook.AgentEntry",
            "io.demijohn.shaded.bytebuddy.jar.asm.ClassReader",
            "com.sun.jna.Native",
            "net.bytebuddy.jar.asm.ClassReader",
            "org.apache.commons.pool2.ObjectPool",
            "META-INF/services/io.demijohn.device.NetDeviceProvider",
        };
        JvmRun run = JvmRun.underAgent(jvm, "", Inspect.class, hidden);
        assertStarted(run);
        assertTrue(run.out().get(0).startsWith("provider io.demijohn.spi."), run::toString);
        assertEquals("property null", run.out().get(1));
        assertEquals("netty null", run.out().get(2));
        assertTrue(run.out().get(3).startsWith("selector Dj"), run::toString);
        assertEquals("same true", run.out().get(4));
        for (String name : hidden) {
            assertTrue(run.out().contains("sees " + name + " false"), run::toString);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void kernelTraffic_underAgent_worksAsBefore(Jvm jvm) throws Exception {
        assertEquals(TRAFFIC, JvmRun.run(jvm, List.of(), KernelTraffic.class).out());
        JvmRun run = JvmRun.underAgent(jvm, "", KernelTraffic.class);
        assertStarted(run);
        assertEquals(TRAFFIC, run.out(), run::toString);
        assertEquals(0, run.status());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void loopTraffic_underAgent_worksAsOnTheKernel(Jvm jvm) throws Exception {
        JvmRun run = JvmRun.underAgent(jvm, "loop=on,log=off", KernelTraffic.class);
        assertEquals(List.of(), run.err());
        assertEquals(TRAFFIC, run.out(), run::toString);
        assertEquals(0, run.status());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void defaultThreadPool_describedByProperties_runsTheHandlers(Jvm jvm) throws Exception {
        List<String> pool = List.of(
                "-Djava.nio.channels.DefaultThreadPool.threadFactory=" + PoolThreads.class.getName(),
                "-Djava.nio.channels.DefaultThreadPool.initialSize=1");
        List<String> expected = List.of("handled by pool thread", "daemon true");
        assertEquals(expected, JvmRun.run(jvm, pool, AsyncInspect.class).out());
        for (String options : List.of("log=off", "loop=on,log=off")) {
            List<String> underAgent = new ArrayList<>(pool);
            underAgent.add(JvmRun.agent(options));
            assertEquals(
                    expected, JvmRun.run(jvm, underAgent, AsyncInspect.class).out());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void badSizeOfTheDefaultThreadPool_isTheJdksError(Jvm jvm) throws Exception {
        String size = "-Djava.nio.channels.DefaultThreadPool.initialSize=many";
        for (List<String> options : List.of(List.of(size), List.of(size, JvmRun.agent("loop=on,log=off")))) {
            JvmRun run = JvmRun.run(jvm, options, AsyncInspect.class);
            assertEquals(1, run.status(), run::toString);
            assertTrue(run.err().stream().anyMatch(line -> line.contains("initialSize' is invalid")), run::toString);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void asyncProviderOfTheUsersChoice_stays(Jvm jvm) throws Exception {
        String chosen =
                "-Djava.nio.channels.spi.AsynchronousChannelProvider=sun.nio.ch.LinuxAsynchronousChannelProvider";
        JvmRun run = JvmRun.run(jvm, List.of(chosen, JvmRun.agent("loop=on,report=exit")), AsyncInspect.class);
        assertEquals(0, run.status(), run::toString);
        assertFalse(run.err().stream().anyMatch(line -> line.contains("connect inet")), run::toString);
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void nativeTransports_withARouteOfOurs_areAskedToStayOff(Jvm jvm) throws Exception {
        assertTrue(JvmRun.underAgent(jvm, "loop=on", Inspect.class).out().contains("netty true"));
        JvmRun chosen =
                JvmRun.run(jvm, List.of("-Dio.netty.transport.noNative=false", JvmRun.agent("loop=on")), Inspect.class);
        assertTrue(chosen.out().contains("netty false"), chosen::toString);
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void reportAtExit_afterTraffic_namesItsRoutes(Jvm jvm) throws Exception {
        JvmRun run = JvmRun.underAgent(jvm, "loop=on,report=exit", KernelTraffic.class);
        assertEquals(TRAFFIC, run.out(), run::toString);
        for (String route : List.of("demijohn: listen inet loop ", "demijohn: connect inet loop ")) {
            assertTrue(run.err().stream().anyMatch(line -> line.startsWith(route)), run::toString);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void systemAssertions_underAgent_stayQuiet(Jvm jvm) throws Exception {
        JvmRun run = JvmRun.run(jvm, List.of("-esa", "-ea", "-Xverify:all", JvmRun.agent("")), KernelTraffic.class);
        assertEquals(TRAFFIC, run.out(), run::toString);
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void otherAgent_beforeOrAfterOurs_getsOn(Jvm jvm) throws Exception {
        String other = "-javaagent:" + earlyAgent();
        for (List<String> agents : List.of(List.of(other, JvmRun.agent("")), List.of(JvmRun.agent(""), other))) {
            JvmRun run = JvmRun.run(jvm, agents, Inspect.class);
            assertStarted(run);
            assertTrue(run.out().get(1).startsWith("provider io.demijohn.spi."), run::toString);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void badOption_started_endsWithOneLineAndStatusOne(Jvm jvm) throws Exception {
        JvmRun run = JvmRun.underAgent(jvm, "adress=10.0.0.1/8", Hello.class);
        assertEquals(1, run.err().size(), run::toString);
        assertTrue(run.err().get(0).startsWith("demijohn: unknown key 'adress' (did you mean 'address'?)"));
        assertEquals(List.of(), run.out());
        assertEquals(1, run.status());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void unknownDevice_started_endsWithOneLineAndStatusOne(Jvm jvm) throws Exception {
        JvmRun run = JvmRun.underAgent(jvm, "net=nosuch:x,address=10.0.0.1/8", Hello.class);
        assertEquals(1, run.err().size(), run::toString);
        assertTrue(run.err().get(0).startsWith("demijohn: net=nosuch:x: "), run::toString);
        assertEquals(List.of(), run.out());
        assertEquals(1, run.status());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void agentTwice_started_endsWithOneLineMore(Jvm jvm) throws Exception {
        JvmRun run = JvmRun.run(jvm, List.of(JvmRun.agent("log=off"), JvmRun.agent("log=off")), Hello.class);
        assertEquals(List.of("demijohn: -javaagent names demijohn.jar twice; allowed: once"), run.err());
        assertEquals(1, run.status());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void otherProviderNamed_started_leavesTheJdkAlone(Jvm jvm) throws Exception {
        String property = "-Djava.nio.channels.spi.SelectorProvider=com.example.Provider";
        JvmRun run = JvmRun.run(jvm, List.of(property, JvmRun.agent("")), Hello.class);
        assertEquals(1, run.err().size(), run::toString);
        assertTrue(run.err().get(0).startsWith("demijohn: off: java.nio.channels.spi.SelectorProvider="));
        assertEquals(List.of("hello"), run.out());
        JvmRun strict = JvmRun.run(jvm, List.of(property, JvmRun.agent("strict=true")), Hello.class);
        assertEquals(1, strict.status());
        assertEquals(List.of(), strict.out());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void jvmWithoutOptionalModules_started_refusesADeviceAlone(Jvm jvm) throws Exception {
        List<String> few = List.of("--limit-modules", "java.base,java.instrument");
        assertStarted(JvmRun.run(jvm, with(few, ""), Hello.class));
        JvmRun run = JvmRun.run(jvm, with(few, "loop=on"), Hello.class);
        assertEquals(1, run.err().size(), run::toString);
        assertTrue(run.err().get(0).contains("--add-modules java.logging,java.management;"), run::toString);
        assertEquals(List.of("hello"), run.out());
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void jarInFolderWithOddName_started_works(Jvm jvm) throws Exception {
        Path folder = Files.createDirectory(directory.resolve("a b%20+#"));
        Path jar = Files.copy(JvmRun.JAR, folder.resolve("demijohn.jar"));
        assertStarted(JvmRun.run(jvm, List.of("-javaagent:" + jar), Hello.class));
    }

    @ParameterizedTest
    @MethodSource(ALL_JVMS)
    void agentAttached_toARunningJvm_changesNothingAndSaysSo(Jvm jvm) throws Exception {
        JvmRun run =
                JvmRun.run(jvm, List.of("-Djdk.attach.allowAttachSelf=true"), LateAttach.class, JvmRun.JAR.toString());
        List<String> ours =
                run.err().stream().filter(line -> line.startsWith("demijohn: ")).toList();
        assertEquals(1, ours.size(), run::toString);
        assertTrue(ours.get(0).startsWith("demijohn: not loaded: "), run::toString);
        assertFalse(run.err().toString().contains("Exception"), run::toString);
        assertTrue(run.out().get(0).startsWith("provider sun.nio.ch."), run::toString);
        assertEquals(0, run.status());
    }

    @Test
    void securityManager_onTheReleaseThatHasOne_isLeftAlone() throws Exception {
        Jvm jvm = Jvms.running();
        assumeTrue(jvm.release() == 17, "a SecurityManager can be asked for at start on 17");
        JvmRun run = JvmRun.run(jvm, List.of("-Djava.security.manager", JvmRun.agent("")), Nothing.class);
        assertTrue(
                run.err().contains("demijohn: off: a SecurityManager is installed; the application runs on the kernel"),
                run::toString);
        assertFalse(run.err().toString().contains("Exception"), run::toString);
        assertEquals(0, run.status());
    }

    @Test
    void deniedNativeAccess_onTheReleaseThatDenies_isNotNeeded() throws Exception {
        Jvm jvm = Jvms.second().orElse(Jvms.running());
        assumeTrue(jvm.release() >= 24, "no JDK that can deny native access is installed");
        JvmRun run = JvmRun.run(
                jvm,
                List.of(
                        "--illegal-native-access=deny",
                        "--sun-misc-unsafe-memory-access=deny",
                        JvmRun.agent("net=tap:a-name-that-is-too-long,address=10.0.0.1/8")),
                Hello.class);
        assertEquals(1, run.err().size(), run::toString);
        assertStarted(JvmRun.run(
                jvm,
                List.of("--illegal-native-access=deny", "--sun-misc-unsafe-memory-access=deny", JvmRun.agent("")),
                KernelTraffic.class));
    }

    private static List<String> with(List<String> jvmOptions, String options) {
        List<String> all = new ArrayList<>(jvmOptions);
        all.add(JvmRun.agent(options));
        return all;
    }

    private Path earlyAgent() throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", EarlyAgent.class.getName());
        manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
        Path jar = directory.resolve("early.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.finish();
        }
        return jar;
    }

    private static void assertStarted(JvmRun run) {
        assertEquals(1, run.err().size(), run::toString);
        assertTrue(run.err().get(0).matches(START_LINE), run::toString);
    }
}
