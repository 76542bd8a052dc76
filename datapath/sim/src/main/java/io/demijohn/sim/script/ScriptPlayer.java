package io.demijohn.sim.script;

import io.demijohn.sim.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Plays a script's calls and incoming packets against a target and writes down what comes of them; the expectations of the
 * script are left out.
 *
 * <p>Used once, by one thread. Two targets that behave alike give the same events.
 */
public final class ScriptPlayer {
    /** Result of a call that went as the script says. */
    public static final String OK = "ok";

    /** The port that scripts listen on and connect to. */
    public static final int PORT = 80;

    private static final long SEED = 1;

    /** Calls that look inside of our stack, which no other target can answer: left out. */
    private static final Set<String> INSIDE = Set.of("counter", "connections", "push", "room");

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
        long lastNanos = 0;
        for (ScriptLine line : script.lines()) {
            lastNanos = Math.min(Math.max(lastNanos, line.untilNanos()), untilNanos);
            if (line.actor() == ScriptLine.Actor.JUMP) {
                throw new UnsupportedOperationException("jump");
            }
            boolean acts = line.actor() == ScriptLine.Actor.APP || line.actor() == ScriptLine.Actor.IN;
            if (!acts || line.fromNanos() > untilNanos) {
                continue;
            }
            target.advanceTo(line.fromNanos(), this::note);
            lineNow = line.number();
            lineNanos = target.nowNanos();
            if (line.actor() == ScriptLine.Actor.IN) {
                target.receive(peer.encode(line.present()), this::note);
            } else {
                call(target, line);
            }
        }
        target.advanceTo(lastNanos, this::note);
        return List.copyOf(events);
    }

    private void call(ScriptTarget target, ScriptLine line) {
        boolean named =
                line.words().size() > 1 && PacketText.isFlow(line.words().get(0));
        String name = named ? line.words().get(0) : PacketText.DEFAULT_FLOW;
        List<String> words = named ? line.words().subList(1, line.words().size()) : line.words();
        if (INSIDE.contains(words.get(0))) {
            return;
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
        events.add(new Event(lineNow, 0, true, result));
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
