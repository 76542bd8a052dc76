package io.demijohn.linux.diff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Scripts for every state of TCP and every kind of segment that may arrive in it. Stateless. */
final class StateEvents {
    /** What the names of the cases begin with. */
    static final String FOLDER = "state/";

    /** How the connection comes into a state, and where both sides' numbers stand then. */
    private enum State {
        CLOSED(0, 0),
        LISTEN(0, 0, "app listen"),
        SYN_SENT(0, 1, "app connect"),
        SYN_RECEIVED(1, 1, "app listen", "in SYN seq 0 mss 1460"),
        ESTABLISHED(1, 1, OPEN),
        FIN_WAIT_1(1, 2, OPEN, "app shutdown"),
        FIN_WAIT_2(1, 2, OPEN, "app shutdown", "in ACK seq 1 ack 2"),
        CLOSE_WAIT(2, 1, OPEN, "in FIN ACK seq 1 ack 1"),
        CLOSING(2, 2, OPEN, "app shutdown", "in FIN ACK seq 1 ack 1"),
        LAST_ACK(2, 2, OPEN, "in FIN ACK seq 1 ack 1", "app shutdown"),
        TIME_WAIT(2, 2, OPEN, "app shutdown", "in FIN ACK seq 1 ack 2");

        private final int receiveNext;
        private final int sendNext;
        private final String way;

        State(int receiveNext, int sendNext, String... way) {
            this.receiveNext = receiveNext;
            this.sendNext = sendNext;
            this.way = String.join("\n", way);
        }

        boolean hasConnection() {
            return this == SYN_SENT || compareTo(ESTABLISHED) >= 0;
        }
    }

    private static final String OPEN = "app connect\nin SYN ACK seq 0 ack 1 mss 1460";

    /** Segments, with R for the next number that the stack expects and S for the next that it would send. */
    private static final Map<String, String> EVENTS = events();

    private StateEvents() {}

    /** Returns a case for each state and event. */
    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (State state : State.values()) {
            EVENTS.forEach((name, segment) -> cases.add(new Case(
                    FOLDER + state.name().toLowerCase(Locale.ROOT) + "/" + name, script(state, name, segment))));
        }
        return cases;
    }

    private static String script(State state, String name, String segment) {
        StringBuilder text = new StringBuilder("# " + name + " in " + state + ".\n");
        text.append("0.00 none\n");
        for (String step : state.way.split("\n", -1)) {
            text.append(step.isEmpty() ? "" : "+0.01 " + step + "\n");
        }
        text.append("+0.05 in ").append(numbered(segment, state)).append('\n');
        text.append("+0.30 none\n");
        text.append(state.hasConnection() ? "+0.01 app state CLOSED\n+0.01 app is gone\n" : "+0.01 app accept\n");
        return text.toString();
    }

    private static String numbered(String segment, State state) {
        List<String> words = new ArrayList<>();
        for (String word : segment.split(" ", -1)) {
            char first = word.charAt(0);
            boolean symbol =
                    (first == 'R' || first == 'S') && (word.length() == 1 || !Character.isLetter(word.charAt(1)));
            int base = first == 'R' ? state.receiveNext : state.sendNext;
            words.add(
                    symbol
                            ? Integer.toString(base + (word.length() == 1 ? 0 : Integer.parseInt(word.substring(1))))
                            : word);
        }
        return String.join(" ", words);
    }

    private static Map<String, String> events() {
        Map<String, String> events = new LinkedHashMap<>();
        events.put("syn", "SYN seq R mss 1460");
        events.put("syn-again", "SYN seq 0 mss 1460");
        events.put("syn-outside", "SYN seq R+1000000 mss 1460");
        events.put("syn-ack", "SYN ACK seq R ack S mss 1460");
        events.put("ack", "ACK seq R ack S");
        events.put("ack-old", "ACK seq R ack S-1");
        events.put("ack-future", "ACK seq R ack S+1000");
        events.put("ack-outside", "ACK seq R+1000000 ack S");
        events.put("fin", "FIN ACK seq R ack S");
        events.put("fin-again", "FIN ACK seq R-1 ack S");
        events.put("fin-future", "FIN ACK seq R+100 ack S");
        events.put("fin-without-ack", "FIN seq R");
        events.put("rst", "RST seq R");
        events.put("rst-ack", "RST ACK seq R ack S");
        events.put("rst-in-window", "RST seq R+100");
        events.put("rst-outside", "RST seq R+1000000");
        events.put("data", "ACK seq R ack S len 100");
        events.put("data-again", "ACK seq R-1 ack S len 1");
        events.put("data-overlapping", "ACK seq R-1 ack S len 100");
        events.put("data-future", "ACK seq R+1000 ack S len 100");
        events.put("data-outside", "ACK seq R+1000000 ack S len 100");
        events.put("data-acking-future", "ACK seq R ack S+1000 len 100");
        events.put("data-without-ack", "seq R len 100");
        return events;
    }
}
