package io.demijohn.linux.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What one line of a script led to, where the two stacks differ.
 *
 * @param line of the script
 * @param linux what the kernel did, {@code -} for nothing
 * @param ours what we did
 */
record Difference(int line, String linux, String ours) {
    private static final String NOTHING = "-";

    /** Compares two normal forms. */
    static List<Difference> between(Map<Integer, List<String>> linux, Map<Integer, List<String>> ours) {
        List<Difference> differences = new ArrayList<>();
        TreeSet<Integer> lines = new TreeSet<>(linux.keySet());
        lines.addAll(ours.keySet());
        for (int line : lines) {
            List<String> left = linux.getOrDefault(line, List.of());
            List<String> right = ours.getOrDefault(line, List.of());
            if (!left.equals(right)) {
                differences.add(new Difference(line, text(left), text(right)));
            }
        }
        return differences;
    }

    private static String text(List<String> events) {
        return events.isEmpty() ? NOTHING : String.join(" | ", events);
    }
}
