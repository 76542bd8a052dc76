package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.TestKeys;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Web servers at our end, visited by the JDK's client at the kernel's: small and large, in turn and at once, HTTP and HTTPS. */
abstract class WebServersContract extends UserRigTest {
    @ParameterizedTest
    @EnumSource(names = {"JDK_HTTP_SERVER", "JETTY", "TOMCAT", "UNDERTOW"})
    void server_visitedOverEachProtocol_answersEveryRequest(Application application) throws Exception {
        String server = WebServers.word(application);
        AppProcess serving = rig().ours(
                        application.program(),
                        "serve",
                        "--server",
                        server,
                        "--host",
                        Rig.OURS,
                        "--keys",
                        TestKeys.file());
        String[] ports = serving.awaitLine("ready ").split(" ", -1);
        List<String> versions = WebServers.versions(application);
        String urls = versions.stream()
                .map(version -> version + "://" + Rig.OURS + ":" + ports[version.endsWith("https") ? 1 : 0])
                .collect(Collectors.joining(","));
        AppProcess visitor = rig().kernel("web", "visit", "--client", "jdk", "--keys", TestKeys.file(), "--urls", urls);
        visitor.awaitLine("visited");
        Bypass.assertWhileOpen(transport(), serving);
        List<String> lines = visitor.out();
        assertEquals(WebLines.of("jdk", versions), lines.subList(0, lines.indexOf("visited")));
        serving.endInput();
        serving.awaitSuccess();
        Bypass.assertReported(transport(), serving, 2, 0);
        visitor.endInput();
        visitor.awaitSuccess();
    }
}
