package io.demijohn.sim.script;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A packet script, read from its text: what it proves, its settings and its lines.
 *
 * <p>Immutable after {@link #parse}. The language is in the package's documentation.
 *
 * @param purpose the first line, without its mark
 * @param proves the promises of {@code promises.txt} that the script claims to show, from its line {@code proves ID...}
 * @param settings names and values of the {@code with} lines
 * @param lines the others, in order
 */
public record Script(String purpose, List<String> proves, Map<String, String> settings, List<ScriptLine> lines) {
    /** Lines that a script may have, comments included. */
    public static final int LINES_MAX = 40;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final int ETHERNET_MSS_BYTES = 1460;
    private static final int IPV6_EXTRA_BYTES = 20;

    /**
     * Reads a script.
     *
     * @throws ScriptException if it is not one, with the line
     */
    public static Script parse(String text) {
        String[] rows = text.split("\n", -1);
        int count = rows[rows.length - 1].isEmpty() ? rows.length - 1 : rows.length;
        if (count > LINES_MAX) {
            throw new ScriptException(count + " lines: at most " + LINES_MAX);
        }
        if (!rows[0].startsWith("# ")) {
            throw new ScriptException("line 1: must say what the script proves, after '# '");
        }
        Map<String, String> settings = new HashMap<>();
        List<String> proves = new ArrayList<>();
        List<ScriptLine> lines = new ArrayList<>();
        long beforeNanos = 0;
        for (int index = 1; index < count; index++) {
            String row = rows[index].strip();
            if (row.isEmpty() || row.startsWith("#")) {
                continue;
            }
            List<String> words = Arrays.asList(row.split("\\s+"));
            if (index == 1 && words.get(0).equals("proves")) {
                proves.addAll(words.subList(1, words.size()));
                continue;
            }
            if (words.get(0).equals("with")) {
                for (int word = 1; word + 1 < words.size(); word += 2) {
                    settings.put(words.get(word), words.get(word + 1));
                }
                continue;
            }
            ScriptLine line = parseLine(index + 1, words, beforeNanos);
            if (line.fromNanos() < beforeNanos) {
                throw new ScriptException("line " + (index + 1) + ": time goes backwards");
            }
            beforeNanos = line.fromNanos();
            addTimes(line, lines);
        }
        return new Script(rows[0].substring(2).strip(), proves, settings, lines);
    }

    /** {@code times N}: so many segments, each behind the one before. */
    private static void addTimes(ScriptLine line, List<ScriptLine> lines) {
        Packet first = line.packet();
        int times = first == null ? 1 : first.get(Field.TIMES, 1);
        lines.add(line);
        for (int index = 1; index < times && first != null; index++) {
            Packet next = first.behind(index);
            lines.add(new ScriptLine(
                    line.number(), line.actor(), line.fromNanos(), line.untilNanos(), line.words(), next));
        }
    }

    /** Returns whether the script names no family and so must hold over both. */
    public boolean isForBothFamilies() {
        return !settings.containsKey("ip");
    }

    /** Returns the same script over IPv6, whose header is larger: our MSS option says so much less. */
    public Script overIpv6() {
        Map<String, String> six = new HashMap<>(settings);
        six.put("ip", "6");
        List<ScriptLine> longer = new ArrayList<>();
        for (ScriptLine line : lines) {
            Packet packet = line.packet();
            boolean offers = packet != null
                    && line.actor() == ScriptLine.Actor.OUT
                    && packet.get(Field.MSS, 0) == ETHERNET_MSS_BYTES;
            longer.add(
                    packet == null || !offers
                            ? line
                            : new ScriptLine(
                                    line.number(),
                                    line.actor(),
                                    line.fromNanos(),
                                    line.untilNanos(),
                                    line.words(),
                                    packet.behind(0).with(Field.MSS, ETHERNET_MSS_BYTES - IPV6_EXTRA_BYTES)));
        }
        return new Script(purpose, proves, six, longer);
    }

    private static ScriptLine parseLine(int number, List<String> words, long beforeNanos) {
        if (words.size() < 2) {
            throw new ScriptException("line " + number + ": needs a time and who acts");
        }
        try {
            String when = words.get(0);
            int span = when.indexOf("..");
            long from = parseTime(span < 0 ? when : when.substring(0, span), beforeNanos);
            long until = span < 0 ? from : parseTime(when.substring(span + 2), beforeNanos);
            ScriptLine.Actor actor = ScriptLine.Actor.valueOf(words.get(1).toUpperCase(Locale.ROOT));
            List<String> what = words.subList(2, words.size());
            return switch (actor) {
                case APP -> new ScriptLine(number, actor, from, until, what, null);
                case NONE, JUMP -> new ScriptLine(number, actor, from, until, List.of(), null);
                case IN, OUT -> new ScriptLine(number, actor, from, until, List.of(), PacketText.parse(what));
            };
        } catch (IllegalArgumentException e) {
            throw new ScriptException("line " + number + ": " + e.getMessage());
        }
    }

    private static long parseTime(String text, long beforeNanos) {
        boolean relative = text.startsWith("+");
        long nanos = Math.round(Double.parseDouble(relative ? text.substring(1) : text) * NANOS_PER_SECOND);
        return relative ? beforeNanos + nanos : nanos;
    }
}
