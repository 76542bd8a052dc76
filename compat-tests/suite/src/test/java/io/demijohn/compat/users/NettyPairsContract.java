package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.TestKeys;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Netty server and its clients in one JVM. */
abstract class NettyPairsContract extends PairTest {
    @ParameterizedTest
    @EnumSource(names = {"NETTY_4_1", "NETTY_4_2"})
    void pair_inOneJvm_echoesEverything(Application application) throws Exception {
        assertEquals(NettyContract.LINES, run(application, 2, 361, "pair", "--keys", TestKeys.file()));
    }
}
