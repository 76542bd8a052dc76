package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Needs;
import io.demijohn.compat.harness.Rig;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Redis clients at our end work against a real redis-server at the kernel's. */
abstract class RedisContract extends UserRigTest {
    /** Not taken by anyone else: the namespace is the test's own. */
    private static final String PORT = "6379";

    private static final List<String> LINES = List.of(
            "setget 1 OK",
            "setget 100 OK",
            "setget 1460 OK",
            "setget 10240 OK",
            "setget 65536 OK",
            "setget 1048576 OK",
            "pipeline 10000 OK",
            "pubsub 1000",
            "connections 50 OK",
            "visited");

    @ParameterizedTest
    @EnumSource(names = {"JEDIS", "LETTUCE"})
    void client_ofARealServer_getsEveryAnswer(Application application) throws Exception {
        Needs.tool("redis-server");
        AppProcess redis = rig().tool(
                        "redis-server", "--bind", Rig.KERNEL, "--port", PORT, "--protected-mode", "no", "--save", "");
        redis.awaitLineWith("Ready to accept connections");
        String[] address = {"--host", Rig.KERNEL, "--port", PORT};
        AppProcess client = application == Application.JEDIS
                ? rig().ours(application.program(), "all", address[0], address[1], address[2], address[3])
                : rig().ours(application.program(), address);
        client.awaitLine("visited");
        Bypass.assertWhileOpen(transport(), client);
        List<String> lines = client.out();
        for (int i = 0; i < LINES.size(); i++) {
            assertTrue(
                    lines.get(i).startsWith(LINES.get(i)), client::transcript); // a hash or a larger count may follow
        }
        client.endInput();
        client.awaitSuccess();
        Bypass.assertReported(
                transport(), client, 0, 54); // the 50 held ones, one for each step before and the subscriber's
    }
}
