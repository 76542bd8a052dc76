package io.demijohn.linux.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.demijohn.linux.host.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The same calls and crafted packets for the kernel's TCP and for ours: whatever differs is in {@code
 * accepted-differences.txt} with its reason, and nothing is there that does not differ. {@code compat-tests/linux/diff.sh} prints the
 * entries for what is new.
 */
final class DifferentialTest {
    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final Path SCRIPTS = Path.of("../../datapath/sim/src/test/resources/scripts");
    private static final int COMPARED_MIN = 100;

    /** One test for each judged case. */
    @TestFactory
    List<DynamicTest> case_playedAgainstBoth_differsAsAcceptedAlone() throws Exception {
        Namespace.missing().ifPresent(reason -> abort(reason));
        AcceptedDifferences accepted =
                AcceptedDifferences.parse(Files.readAllLines(RESOURCES.resolve("accepted-differences.txt")));
        List<String> judged = Files.readAllLines(RESOURCES.resolve("judged-scripts.txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        List<Case> cases = Case.all(SCRIPTS).stream()
                .filter(each -> each.isGenerated() || judged.contains(each.name()))
                .toList();
        Map<String, Case.Outcome> outcomes = new Comparison(accepted).run(cases);
        report(cases, outcomes, accepted);
        List<DynamicTest> tests = new ArrayList<>();
        for (Case each : cases) {
            Case.Outcome outcome = outcomes.getOrDefault(each.name(), Case.Outcome.skip("not played"));
            tests.add(DynamicTest.dynamicTest(each.name(), () -> judge(each, outcome, accepted)));
        }
        tests.add(DynamicTest.dynamicTest("enough cases are compared", () -> {
            long compared = outcomes.values().stream()
                    .filter(outcome -> outcome.skipped().isEmpty())
                    .count();
            assertTrue(compared >= COMPARED_MIN, compared + " cases");
            List<String> names = cases.stream().map(Case::name).toList();
            assertTrue(names.containsAll(accepted.cases()), "differences are accepted in cases that do not exist");
            assertTrue(names.containsAll(judged), "judged scripts do not exist");
        }));
        return tests;
    }

    @Test
    void acceptedDifference_withoutReason_isRefused() {
        List<String> rows = List.of("some/case 3 because whim", "  linux: -", "  ours: now ACK");
        assertEquals(
                "no reason whim is explained",
                assertThrows(IllegalArgumentException.class, () -> AcceptedDifferences.parse(rows))
                        .getMessage());
    }

    @Test
    void differences_ofEventsOfOneLine_areFound() {
        assertEquals(
                List.of(new Difference(4, "now ACK", "-")),
                Difference.between(
                        Map.of(3, List.of("call ok"), 4, List.of("now ACK")), Map.of(3, List.of("call ok"))));
    }

    private static void judge(Case played, Case.Outcome outcome, AcceptedDifferences accepted) {
        if (!outcome.skipped().isEmpty()) {
            abort("skipped: Linux has no counterpart: " + outcome.skipped());
        }
        if (outcome.disturbed() && !outcome.differences().equals(accepted.of(played.name()))) {
            abort("skipped: this host was too busy to keep the script's times");
        }
        assertEquals(
                text(played, accepted.of(played.name())), text(played, outcome.differences()), "accepted, but found");
    }

    private static String text(Case played, List<Difference> differences) {
        return differences.stream()
                .map(difference -> AcceptedDifferences.text(played.name(), difference, "?"))
                .collect(Collectors.joining("\n"));
    }

    /** Leaves the counts in {@code target/differential.md}. */
    private static void report(List<Case> cases, Map<String, Case.Outcome> outcomes, AcceptedDifferences accepted)
            throws IOException {
        Map<String, Integer> counts = new LinkedHashMap<>();
        Map<String, Integer> skipped = new TreeMap<>();
        for (Case each : cases) {
            Case.Outcome outcome = outcomes.getOrDefault(each.name(), Case.Outcome.skip("not played"));
            if (!outcome.skipped().isEmpty()) {
                skipped.merge(outcome.skipped(), 1, Integer::sum);
                continue;
            }
            counts.merge("compared", 1, Integer::sum);
            counts.merge(outcome.differences().isEmpty() ? "alike" : "different", 1, Integer::sum);
            counts.merge("as accepted", outcome.differences().equals(accepted.of(each.name())) ? 1 : 0, Integer::sum);
            counts.merge("cut at 2.19 s", outcome.cut() ? 1 : 0, Integer::sum);
            counts.merge("host too busy", outcome.disturbed() ? 1 : 0, Integer::sum);
        }
        StringBuilder text = new StringBuilder("| cases | |\n|---|---:|\n");
        counts.forEach((what, count) -> text.append("| " + what + " | " + count + " |\n"));
        skipped.forEach((why, count) -> text.append("| skipped: " + why + " | " + count + " |\n"));
        Files.writeString(Path.of("target", "differential.md"), text);
    }
}
