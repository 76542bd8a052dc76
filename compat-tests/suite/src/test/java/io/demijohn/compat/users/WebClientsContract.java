package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.TestKeys;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Web clients at our end visit an Undertow at the kernel's: small and large, in turn and at once, HTTP and HTTPS. */
abstract class WebClientsContract extends UserRigTest {
    @ParameterizedTest
    @EnumSource(names = {"JDK_HTTP_CLIENT", "HTTPCLIENT_5", "OKHTTP"})
    void client_visitingOverEachProtocol_getsEveryAnswer(Application application) throws Exception {
        AppProcess serving =
                rig().kernel("web", "serve", "--server", "undertow", "--host", Rig.KERNEL, "--keys", TestKeys.file());
        String[] ports = serving.awaitLine("ready ").split(" ", -1);
        for (String client : WebClients.words(application)) {
            List<String> versions = WebClients.versions(client);
            String urls = versions.stream()
                    .map(version -> version + "://" + Rig.KERNEL + ":" + ports[version.endsWith("https") ? 1 : 0])
                    .collect(Collectors.joining(","));
            AppProcess visitor = rig().ours(
                            application.program(),
                            "visit",
                            "--client",
                            client,
                            "--keys",
                            TestKeys.file(),
                            "--urls",
                            urls);
            visitor.awaitLine("visited");
            Bypass.assertWhileOpen(transport(), visitor);
            visitor.endInput();
            List<String> lines = visitor.awaitSuccess();
            assertEquals(WebLines.of(client, versions), lines.subList(0, lines.indexOf("visited")));
            Bypass.assertReported(transport(), visitor, 0, versions.size());
        }
        serving.endInput();
        serving.awaitSuccess();
    }
}
