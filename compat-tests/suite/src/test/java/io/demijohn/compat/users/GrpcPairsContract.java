package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.TestKeys;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A gRPC server and its client in one JVM. */
abstract class GrpcPairsContract extends PairTest {
    @ParameterizedTest
    @EnumSource(names = "GRPC")
    void pair_inOneJvm_answersEveryCall(Application application) throws Exception {
        assertEquals(GrpcContract.LINES, run(application, 2, 2, "pair", "--keys", TestKeys.file()));
    }
}
