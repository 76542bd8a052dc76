package io.demijohn.sim.script;

import io.demijohn.sim.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Plays a script's calls and incoming packets against a target and writes down what comes of them; the expectations of the
 * script are left out.
 *
 * <p>A packet is noted with the last line that could cause it: a call that only looks causes none. What a script expects of a
 * timer, another target may send somewhat later, because its timers are coarser or counted otherwise; the lines behind it
 * wait that long, for every target alike.
 *
 * <p>Used once, by one thread. Two targets that behave alike give the same events.
 */
public final class ScriptPlayer {
    /** Result of a call that went as the script says. */
    public static final String OK = "ok";

    /** The port that scripts listen on and connect to. */
    public static final int PORT = 80;

    private static final long SEED = 1;

    /** How much later than expected a timer may come, at least and as a share of its time. */
    private static final long TIMER_SLACK_NANOS = 40_000_000L;

    private static final int TIMER_SLACK_DIVISOR = 3;

    /** How long the last line is listened to at least. */
    private static final long END_NANOS = 20_000_000L;

    /** Calls that look inside of our stack, which no other target can answer: left out. */
    private static final Set<String> INSIDE = Set.of("counter", "connections", "push", "room");

    /** Calls that only look. */
    private static final Set<String> LOOKS = Set.of("state", "is", "not", "waiting", "accept");

    private final Script script;
    private final long untilNanos;
    private final ScriptSettings settings;
    private final ScriptedNetwork network;
    private final ScriptedPeer peer;
    private final List<Event> events = new ArrayList<>();
    private int lineNow;
    private long lineNanos;

    /**
     * Prepares to play.
     *
     * @param untilNanos of the script's time; what the script has after it is left out
     */
    public ScriptPlayer(Script script, long untilNanos) {
        this.script = script;
        this.untilNanos = untilNanos;
        this.settings = new ScriptSettings(script.settings());
        this.network = new ScriptedNetwork(settings.six());
        this.peer = new ScriptedPeer(network, expected(), written());
    }

    /**
     * One thing that the target did.
     *
     * @param line of the script that came before it
     * @param afterNanos how long after that line
     * @param isCall whether it is the result of a call, not a packet
     * @param text the packet in the language of scripts, or the call's result
     */
    public record Event(int line, long afterNanos, boolean isCall, String text) {}

    /** Returns our stack as this player's target, configured as the script's settings say, in virtual time. */
    public ScriptTarget ourStack() {
        return new StackTarget(settings, network, peer, written(), expected());
    }

    /** Returns the bytes that the application writes, from position 0. */
    public static Pattern written() {
        return new Pattern(SEED + 1);
    }

    /** Returns the bytes that the application reads. */
    public static Pattern expected() {
        return new Pattern(SEED);
    }

    /** Returns whether the script goes on after {@code untilNanos} with more than waiting. */
    public boolean isCut() {
        return script.lines().stream()
                .anyMatch(line -> line.fromNanos() > untilNanos
                        && (line.actor() == ScriptLine.Actor.APP || line.actor() == ScriptLine.Actor.IN));
    }

    /**
     * Plays the script to its end.
     *
     * @throws UnsupportedOperationException if the target cannot do what the script asks for
     */
    public List<Event> play(ScriptTarget target) {
        long shiftNanos = 0;
        long actNanos = 0;
        long timerNanos = 0;
        for (ScriptLine line : script.lines()) {
            switch (line.actor()) {
                case JUMP -> throw new UnsupportedOperationException("jump");
                case OUT -> timerNanos = Math.max(timerNanos, line.untilNanos());
                case NONE -> actNanos = Math.max(actNanos, line.untilNanos());
                case APP, IN -> {
                    long waits = slackNanos(actNanos, timerNanos) - (line.fromNanos() - timerNanos);
                    shiftNanos += timerNanos > actNanos ? Math.max(0, waits) : 0;
                    actNanos = line.fromNanos();
                    timerNanos = actNanos;
                    if (actNanos + shiftNanos <= untilNanos) {
                        target.advanceTo(actNanos + shiftNanos, this::note);
                        act(target, line);
                    }
                }
            }
        }
        long endNanos = Math.max(actNanos, timerNanos) + Math.max(END_NANOS, slackNanos(actNanos, timerNanos));
        target.advanceTo(Math.min(endNanos + shiftNanos, untilNanos), this::note);
        return List.copyOf(events);
    }

    private static long slackNanos(long causeNanos, long timerNanos) {
        long nanos = timerNanos - causeNanos;
        return nanos > 0 ? Math.max(TIMER_SLACK_NANOS, nanos / TIMER_SLACK_DIVISOR) : 0;
    }

    private void act(ScriptTarget target, ScriptLine line) {
        if (line.actor() == ScriptLine.Actor.IN) {
            begin(target, line);
            target.receive(peer.encode(line.present()), this::note);
        } else {
            call(target, line);
        }
    }

    /** What comes from now on comes of this line. */
    private void begin(ScriptTarget target, ScriptLine line) {
        lineNow = line.number();
        lineNanos = target.nowNanos();
    }

    private void call(ScriptTarget target, ScriptLine line) {
        boolean named =
                line.words().size() > 1 && PacketText.isFlow(line.words().get(0));
        String name = named ? line.words().get(0) : PacketText.DEFAULT_FLOW;
        List<String> words = named ? line.words().subList(1, line.words().size()) : line.words();
        if (INSIDE.contains(words.get(0))) {
            return;
        }
        if (!LOOKS.contains(words.get(0))) {
            begin(target, line);
        }
        boolean[] told = {!words.get(0).equals("connect")};
        String result = target.call(name, words, (atNanos, frame) -> {
            if (!told[0] && target.localPort() != 0) {
                int host = ScriptedApplication.number(words, "host", ScriptedNetwork.PEER_HOST);
                int port = ScriptedApplication.number(words, "to", PORT);
                peer.connected(name, host, port, target.localPort());
            }
            told[0] = true;
            note(atNanos, frame);
        });
        events.add(new Event(line.number(), 0, true, result));
    }

    private void note(long atNanos, byte[] frame) {
        String text;
        try {
            Packet packet = peer.decode(frame);
            if (packet == null) {
                return;
            }
            text = packet.toString();
        } catch (ScriptException e) {
            text = String.valueOf(e.getMessage());
        }
        events.add(new Event(lineNow, Math.max(0, atNanos - lineNanos), false, text));
    }
}
