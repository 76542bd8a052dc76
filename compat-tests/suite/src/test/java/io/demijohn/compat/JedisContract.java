package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Needs;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.RigTest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Jedis program works against a real redis-server at the kernel's end. */
abstract class JedisContract extends RigTest {
    /** Not taken by anyone else: the namespace is the test's own. */
    private static final String PORT = "6379";

    @BeforeEach
    final void startRedis() throws InterruptedException {
        Needs.tool("redis-server");
        AppProcess redis = rig().tool(
                        "redis-server",
                        "--bind",
                        Rig.KERNEL,
                        "--port",
                        PORT,
                        "--protected-mode",
                        "no",
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--daemonize",
                        "no");
        redis.awaitLineWith("Ready to accept connections");
    }

    @Test
    void setAndGet_fromOneByteToOneMegabyte_comeBackEqual() throws Exception {
        List<String> lines = run("setget", "--sizes", "1,100,1460,10240,65536,262144,1048576");
        assertEquals(
                7,
                lines.stream()
                        .filter(line -> line.matches("setget \\d+ OK [0-9a-f]{64}"))
                        .count());
    }

    @Test
    void pipeline_ofTenThousand_isAnsweredInOrder() throws Exception {
        assertEquals(List.of("pipeline 10000 OK"), run("pipeline", "--count", "10000"));
    }

    @Test
    void publish_thousandMessages_subscriberSeesAllInOrder() throws Exception {
        assertEquals(List.of("pubsub 1000 OK"), run("pubsub", "--count", "1000"));
    }

    private List<String> run(String command, String name, String value) throws InterruptedException {
        return rig().ours("jedis-client", command, "--host", Rig.KERNEL, "--port", PORT, name, value)
                .awaitSuccess();
    }
}
