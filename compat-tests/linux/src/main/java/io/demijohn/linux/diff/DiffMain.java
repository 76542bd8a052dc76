package io.demijohn.linux.diff;

import io.demijohn.linux.host.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plays cases and prints what differs, as the file of accepted differences has it: {@code diff.sh ACCEPTED SCRIPTS [PART...]},
 * with the file, the folder of scripts, and parts of the names of the cases. Needs root.
 */
public final class DiffMain {
    private DiffMain() {}

    /** Takes the file, the folder and the parts of names. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Optional<String> missing = Namespace.missing();
        if (missing.isPresent()) {
            System.err.println(missing.get());
            System.exit(1);
        }
        AcceptedDifferences accepted = AcceptedDifferences.parse(Files.readAllLines(Path.of(args[0])));
        List<Case> cases = new ArrayList<>(Case.all(Path.of(args[1])));
        List<String> parts = List.of(args).subList(2, args.length);
        cases.removeIf(each ->
                !parts.isEmpty() && parts.stream().noneMatch(part -> each.name().contains(part)));
        Map<String, Case.Outcome> outcomes = new Comparison(accepted).run(cases);
        outcomes.forEach((name, outcome) -> {
            if (!outcome.skipped().isEmpty()) {
                System.out.println("# " + name + " skipped: " + outcome.skipped());
            }
            if (outcome.disturbed()) {
                System.out.println("# " + name + " disturbed");
            }
            for (Difference difference : outcome.differences()) {
                if (!accepted.of(name).contains(difference)) {
                    System.out.println(AcceptedDifferences.text(name, difference, "?"));
                }
            }
            for (Difference difference : accepted.of(name)) {
                if (!outcome.differences().contains(difference)) {
                    System.out.println("# gone: " + AcceptedDifferences.text(name, difference, "?"));
                }
            }
        });
        System.out.println("# " + outcomes.size() + " cases, "
                + outcomes.values().stream()
                        .filter(each -> each.differences().isEmpty())
                        .count() + " alike, "
                + outcomes.values().stream()
                        .filter(each -> !each.skipped().isEmpty())
                        .count() + " of them skipped");
    }
}
