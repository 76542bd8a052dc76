package io.demijohn.linux.diff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The differences between the two stacks that are meant, read from the file that explains them. Immutable.
 *
 * <pre>
 *   reason NAME                       what Linux does, what we do, why ours is right or allowed; any number of lines
 *     words
 *
 *   CASE LINE because NAME            one difference
 *     linux: EVENTS
 *     ours:  EVENTS
 * </pre>
 */
final class AcceptedDifferences {
    private static final String LINUX = "linux:";
    private static final String OURS = "ours:";

    private final Map<String, String> reasons = new LinkedHashMap<>();
    private final Map<String, List<Difference>> byCase = new LinkedHashMap<>();
    private final List<String> usedReasons = new ArrayList<>();

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException if it is malformed, names a reason that it does not explain, or explains one in vain
     */
    static AcceptedDifferences parse(List<String> rows) {
        AcceptedDifferences all = new AcceptedDifferences();
        for (int at = 0; at < rows.size(); at++) {
            String row = rows.get(at);
            if (row.isBlank() || row.startsWith("#")) {
                continue;
            }
            List<String> block = new ArrayList<>();
            while (at + 1 < rows.size() && rows.get(at + 1).startsWith(" ")) {
                block.add(rows.get(++at).strip());
            }
            all.add(List.of(row.split(" ", -1)), block);
        }
        for (String reason : all.usedReasons) {
            if (!all.reasons.containsKey(reason)) {
                throw new IllegalArgumentException("no reason " + reason + " is explained");
            }
        }
        for (String reason : all.reasons.keySet()) {
            if (!all.usedReasons.contains(reason)) {
                throw new IllegalArgumentException("reason " + reason + " is used by nothing");
            }
        }
        return all;
    }

    /** Returns the differences accepted in a case, in the order of its lines. */
    List<Difference> of(String name) {
        return byCase.getOrDefault(name, List.of());
    }

    /** Returns the cases that the file names. */
    List<String> cases() {
        return List.copyOf(byCase.keySet());
    }

    /** Returns the file's text for a difference, its reason still to be named. */
    static String text(String name, Difference difference, String reason) {
        return name + " " + difference.line() + " because " + reason + "\n  " + LINUX + " " + difference.linux()
                + "\n  " + OURS + "  " + difference.ours() + "\n";
    }

    private void add(List<String> head, List<String> block) {
        if (head.size() == 2 && head.get(0).equals("reason")) {
            String words = String.join(" ", block);
            if (words.isEmpty() || reasons.put(head.get(1), words) != null) {
                throw new IllegalArgumentException("reason " + head.get(1) + " is empty or there twice");
            }
            return;
        }
        boolean sound = head.size() == 4
                && head.get(2).equals("because")
                && block.size() == 2
                && block.get(0).startsWith(LINUX)
                && block.get(1).startsWith(OURS);
        if (!sound) {
            throw new IllegalArgumentException("not understood: " + head + " " + block);
        }
        usedReasons.add(head.get(3));
        byCase.computeIfAbsent(head.get(0), none -> new ArrayList<>())
                .add(new Difference(
                        Integer.parseInt(head.get(1)),
                        block.get(0).substring(LINUX.length()).strip(),
                        block.get(1).substring(OURS.length()).strip()));
    }
}
