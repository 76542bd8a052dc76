package io.demijohn.linux.diff;

import io.demijohn.sim.script.ScriptPlayer.Event;
import java.util.ArrayList;
import java.util.Collections;
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
 *       packet itself tells: a bare ACK the delayed acknowledgement, anything else a retransmission or a probe. What the kernel
 *       leaves to its next tick counts as at once.
 *   <li>When a timer fires does not show, only between which lines; {@link io.demijohn.sim.script.ScriptPlayer} holds the lines
 *       behind an expected timer back, for both stacks alike, so that the kernel's coarser timers come before the same line.
 *       So a floor that is applied to another term (RFC 6298, 2.4) or a tick makes no difference.
 *   <li>A packet belongs to the last line that could cause it: calls that only look cause none.
 *   <li>A backlog of N lets N connections wait; the kernel is asked for one less, for it lets one more wait.
 *   <li>Of a condition that does not hold only that shows. An error counts only once it ended the connection: the kernel also tells
 *       those that it lives on with.
 * </ul>
 *
 * <p>Stateless.
 */
final class NormalForm {
    /** Longer than the kernel's next tick may take, shorter than its timers: of acknowledgements and of anything else. */
    private static final long KERNEL_ACK_NANOS = 30_000_000;

    private static final long KERNEL_NANOS = 7_000_000;

    /** No script counts further; numbers beyond are random. */
    private static final long RELATIVE_MAX = 1 << 22;

    private static final Set<String> PRESENCE = Set.of("scale", "sackok");
    private static final Set<String> ZERO_IS_NOTHING = Set.of("ecn", "up", "reserved");
    private static final Set<String> NOTHING = Set.of("from", "to", "pad", "total", "offset");

    private static final Set<String> MORE_THAN_ACK = Set.of("SYN", "FIN", "RST", "len");

    private NormalForm() {}

    /**
     * Returns for each line of the script that caused anything what it caused, in order.
     *
     * @param kernel whether they are the kernel's, whose clock ticks
     */
    static Map<Integer, List<String>> of(List<Event> events, boolean kernel) {
        Map<Integer, List<String>> lines = new TreeMap<>();
        for (Event event : events) {
            lines.computeIfAbsent(event.line(), none -> new ArrayList<>())
                    .add(event.isCall() ? call(event.text()) : packet(event, kernel));
        }
        return lines;
    }

    private static String call(String result) {
        boolean condition = result.startsWith("events ") || result.equals("is not so");
        return "call " + (condition ? "is not so" : result);
    }

    private static String packet(Event event, boolean kernel) {
        StringBuilder text = new StringBuilder();
        List<String> words = List.of(event.text().split(" ", -1));
        long tickNanos = Collections.disjoint(words, MORE_THAN_ACK) ? KERNEL_ACK_NANOS : KERNEL_NANOS;
        text.append(event.afterNanos() <= (kernel ? tickNanos : 0) ? "now" : "later");
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
