package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.TestKeys;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Web servers and web clients in one JVM. */
abstract class WebPairsContract extends PairTest {
    @ParameterizedTest
    @EnumSource(names = {"JDK_HTTP_SERVER", "JETTY", "TOMCAT", "UNDERTOW"})
    void server_inOneJvmWithTheJdksClient_answersEveryRequest(Application application) throws Exception {
        visit(application, WebServers.word(application), "jdk", WebServers.versions(application));
    }

    @ParameterizedTest
    @EnumSource(names = {"JDK_HTTP_CLIENT", "HTTPCLIENT_5", "OKHTTP"})
    void client_inOneJvmWithUndertow_getsEveryAnswer(Application application) throws Exception {
        for (String client : WebClients.words(application)) {
            visit(application, "undertow", client, WebClients.versions(client));
        }
    }

    private void visit(Application application, String server, String client, List<String> versions) throws Exception {
        List<String> lines = run(
                application,
                2,
                versions.size(),
                "pair",
                "--server",
                server,
                "--client",
                client,
                "--versions",
                String.join(",", versions),
                "--keys",
                TestKeys.file());
        assertEquals(WebLines.of(client, versions), lines);
    }
}
