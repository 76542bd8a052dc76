package io.demijohn.linux.diff;

import io.demijohn.sim.script.ScriptPlayer.Event;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The form in which the events of two stacks are compared: what matters, line by line of the script.
 *
 * <ul>
 *   <li>Sequence and acknowledgement numbers count from each side's SYN, so initial ones do not show. IP identification, time to
 *       live and the order of options do not show either.
 *   <li>Windows are 0 or not 0; that of a RST does not show. Of a window scale and of timestamps only the presence shows.
 *   <li>The sequence number of a RST that answers a segment without ACK is 0 on the wire, so relative to a SYN it is anything.
 *   <li>PSH does not show. Payload is compared with what the application wrote before it comes here.
 *   <li>Times are two classes: {@code now} is at once, in answer to the line; {@code later} comes of a timer, and which timer the
 *       packet itself tells: a bare ACK the delayed acknowledgement, anything else a retransmission or a probe.
 *   <li>Of a condition that does not hold only that shows.
 * </ul>
 *
 * <p>Stateless.
 */
final class NormalForm {
    private static final long NOW_NANOS = 8_000_000;

    /** No script counts further; numbers beyond are random. */
    private static final long RELATIVE_MAX = 1 << 22;

    private static final Set<String> PRESENCE = Set.of("scale", "sackok");
    private static final Set<String> ZERO_IS_NOTHING = Set.of("ecn", "up", "reserved");
    private static final Set<String> NOTHING = Set.of("from", "to", "pad", "total", "offset");

    private NormalForm() {}

    /** Returns for each line of the script that caused anything what it caused, in order. */
    static Map<Integer, List<String>> of(List<Event> events) {
        Map<Integer, List<String>> lines = new TreeMap<>();
        for (Event event : events) {
            lines.computeIfAbsent(event.line(), none -> new ArrayList<>())
                    .add(event.isCall() ? call(event.text()) : packet(event));
        }
        return lines;
    }

    private static String call(String result) {
        boolean condition = result.startsWith("events ") || result.equals("is not so");
        return "call " + (condition ? "is not so" : result);
    }

    private static String packet(Event event) {
        StringBuilder text = new StringBuilder(event.afterNanos() <= NOW_NANOS ? "now" : "later");
        List<String> words = List.of(event.text().split(" ", -1));
        boolean reset = words.contains("RST");
        for (Iterator<String> each = words.iterator(); each.hasNext(); ) {
            String word = each.next();
            if (word.equals("win")) {
                text.append(each.next().equals("0") && !reset ? " win 0" : "");
            } else if (word.equals("seq") && reset) {
                String value = each.next();
                text.append(" seq ").append(Math.abs(Long.parseLong(value)) > RELATIVE_MAX ? "0" : value);
            } else if (word.equals("ts")) {
                text.append(" ts");
                each.next();
                each.next();
            } else if (PRESENCE.contains(word)) {
                text.append(' ').append(word);
                each.next();
            } else if (ZERO_IS_NOTHING.contains(word)) {
                String value = each.next();
                text.append(value.equals("0") ? "" : " " + word + " " + value);
            } else if (NOTHING.contains(word)) {
                each.next();
            } else if (!word.equals("PSH")) {
                text.append(' ').append(word);
            }
        }
        return text.toString();
    }
}
