package io.demijohn.compat.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Kafka broker and its clients in one JVM. */
abstract class KafkaPairsContract extends PairTest {
    @ParameterizedTest
    @EnumSource(names = "KAFKA")
    void pair_inOneJvm_keepsEveryRecord(Application application, @TempDir Path folder) throws Exception {
        List<String> lines = new ArrayList<>(run(application, 2, 4, "pair", "--data", folder.toString()));
        lines.removeIf(line -> !line.endsWith(" OK")); // what Kafka says of the folder it formats
        assertEquals(KafkaContract.LINES, lines);
    }
}
