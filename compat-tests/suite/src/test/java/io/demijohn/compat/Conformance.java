package io.demijohn.compat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The promises of {@code datapath/promises.txt} and what claims to show them; makes the table of CONFORMANCE.md.
 *
 * <p>One thread. A row is kept when each of its items has a claim and no line that says why it is open.
 */
final class Conformance {
    /** So many tests of one class or folder are named in the table; more are counted. */
    private static final int NAMED_MAX = 3;

    private final List<Row> rows = new ArrayList<>();
    private final Map<String, Item> items = new LinkedHashMap<>();

    /** One row of the table. */
    private record Row(String wave, String source, String promise, List<Item> items) {}

    /** A part of a promise that tests can show. */
    private static final class Item {
        private final String id;
        private final String what;
        private final List<Claim> claims = new ArrayList<>();
        private @Nullable String open;

        Item(String id, String what) {
            this.id = id;
            this.what = what;
        }

        String state() {
            return open == null ? "kept" : "open: " + open;
        }
    }

    /**
     * What shows an item.
     *
     * @param group the test class, or the folder of scripts
     * @param name the method or file; empty for a whole class
     */
    record Claim(String group, String name) {}

    /** Reads the promises; fails with the line if they are malformed. */
    static Conformance parse(List<String> lines) {
        Conformance table = new Conformance();
        @Nullable Item last = null;
        for (int index = 0; index < lines.size(); index++) {
            String line = lines.get(index).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.substring(line.indexOf(' ') + 1).split(" \\| ", -1);
            if (line.startsWith("row ") && parts.length == 3) {
                table.rows.add(new Row(parts[0], parts[1], parts[2], new ArrayList<>()));
            } else if (line.startsWith("item ") && parts.length == 2 && !table.rows.isEmpty()) {
                last = new Item(parts[0], parts[1]);
                table.rows.get(table.rows.size() - 1).items().add(last);
                if (table.items.put(last.id, last) != null) {
                    throw new IllegalArgumentException("line " + (index + 1) + ": " + last.id + " again");
                }
            } else if (line.startsWith("open ") && last != null) {
                last.open = parts[0];
            } else {
                throw new IllegalArgumentException("line " + (index + 1) + ": " + line);
            }
        }
        return table;
    }

    /** Notes what claims an item; false if there is no such item. */
    boolean claim(String id, Claim claim) {
        Item item = items.get(id);
        if (item == null) {
            return false;
        }
        item.claims.add(claim);
        return true;
    }

    /** Returns the items that nothing shows and no reason excuses, and the rows without items. */
    List<String> unexplained() {
        List<String> found = new ArrayList<>();
        for (Item item : items.values()) {
            if (item.claims.isEmpty() && item.open == null) {
                found.add(item.id + ": neither a test nor a reason");
            }
        }
        for (Row row : rows) {
            if (row.items().isEmpty()) {
                found.add(row.source() + ": no items");
            }
        }
        return found;
    }

    /** Returns the whole file. */
    String render() {
        long kept = rows.stream().filter(Conformance::isKept).count();
        StringBuilder text = new StringBuilder("# What the stack promises, and what shows it\n\n");
        text.append("Made by `ConformanceTest` from `promises.txt` and the tests; do not edit. After a change run\n\n");
        text.append("    mvn -pl compat-tests/suite -am verify -Dtest=ConformanceTest")
                .append(" -Dsurefire.failIfNoSpecifiedTests=false -Dconformance.write=true\n\n");
        text.append("A row is kept when each of its parts is shown by a test and no reason says that it is open. ");
        text.append("Names with a slash are packet scripts\n");
        text.append("(`sim/src/test/resources/scripts`), the others JUnit tests. ");
        text.append(kept).append(" of ").append(rows.size()).append(" rows are kept.\n\n");
        text.append("| wave | source | promise | state | shown by |\n|---|---|---|---|---|\n");
        for (Row row : rows) {
            render(row, text);
        }
        return text.toString();
    }

    private static boolean isKept(Row row) {
        return row.items().stream().allMatch(item -> item.open == null && !item.claims.isEmpty());
    }

    private static void render(Row row, StringBuilder text) {
        boolean single = row.items().size() == 1;
        Item first = row.items().get(0);
        long open = row.items().stream().filter(item -> item.open != null).count();
        String state = single
                ? first.state()
                : open == 0 ? "kept" : "open: " + open + " of " + row.items().size() + " parts";
        line(text, row.wave(), row.source(), row.promise(), state, single ? shownBy(first) : "");
        for (Item item : single ? List.<Item>of() : row.items()) {
            line(text, "", "`" + item.id + "`", item.what, item.state(), shownBy(item));
        }
    }

    private static void line(StringBuilder text, String... cells) {
        for (String cell : cells) {
            text.append("| ").append(cell).append(cell.isEmpty() ? "" : " ");
        }
        text.append("|\n");
    }

    private static String shownBy(Item item) {
        Map<String, List<String>> groups = new TreeMap<>();
        for (Claim claim : item.claims) {
            groups.computeIfAbsent(claim.group(), group -> new ArrayList<>()).add(claim.name());
        }
        List<String> shown = new ArrayList<>();
        groups.forEach((group, names) -> {
            names.sort(null);
            if (names.contains("")) {
                shown.add(group);
            } else if (names.size() > NAMED_MAX) {
                shown.add(group
                        + (group.endsWith("/") ? " (" + names.size() + " scripts)" : " (" + names.size() + " tests)"));
            } else {
                for (String name : names) {
                    shown.add(group + (group.endsWith("/") ? "" : ".") + name);
                }
            }
        });
        return String.join(", ", shown);
    }
}
