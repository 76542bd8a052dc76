package io.demijohn.linux.diff;

import io.demijohn.linux.host.Namespace;
import io.demijohn.sim.script.Script;
import io.demijohn.sim.script.ScriptPlayer;
import io.demijohn.sim.script.ScriptTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One script to be played against both stacks.
 *
 * @param name folder and file, or state and event
 * @param text of the script
 */
record Case(String name, String text) {
    private static final String SUFFIX = ".script";

    /** Script time that is played; what a script has beyond it would keep the build waiting. */
    private static final long PLAYED_NANOS = 2_190_000_000L;

    /** Settings whose effect lies beyond that time, so that the kernel's own value does as well. */
    private static final Set<String> BEYOND = Set.of(
            "time-wait",
            "fin-wait-2",
            "syn-retries",
            "syn-ack-retries",
            "data-retries",
            "keep-alive-idle",
            "keep-alive-interval",
            "keep-alive-probes");

    /**
     * What came of playing a case.
     *
     * @param skipped why it was not played, empty if it was
     * @param cut whether the script goes on after the time that is played
     * @param disturbed whether this host was too busy to keep the script's times
     */
    record Outcome(String skipped, boolean cut, boolean disturbed, List<Difference> differences) {
        static Outcome skip(String reason) {
            return new Outcome(reason, false, false, List.of());
        }
    }

    /** Returns a case for each state and event and one for each script below {@code scripts}. */
    static List<Case> all(Path scripts) throws IOException {
        List<Case> cases = new ArrayList<>(StateEvents.cases());
        List<Path> files;
        try (Stream<Path> walk = Files.walk(scripts)) {
            files = walk.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            String name = scripts.relativize(file).toString();
            cases.add(new Case(name.substring(0, name.length() - SUFFIX.length()), Files.readString(file)));
        }
        return cases;
    }

    /** Returns whether the case is made here and not by a file. */
    boolean isGenerated() {
        return name.startsWith(StateEvents.FOLDER);
    }

    /** Plays the script against both; takes as long as the script. */
    Outcome play() {
        Script script = Script.parse(text);
        for (Map.Entry<String, String> setting : script.settings().entrySet()) {
            boolean four = setting.getKey().equals("ip") && setting.getValue().equals("4");
            if (!four && !BEYOND.contains(setting.getKey())) {
                return Outcome.skip("setting " + setting.getKey());
            }
        }
        try {
            return play(script);
        } catch (UnsupportedOperationException e) {
            return Outcome.skip(String.valueOf(e.getMessage()));
        }
    }

    private static Outcome play(Script script) {
        ScriptPlayer player = new ScriptPlayer(script, PLAYED_NANOS);
        List<ScriptPlayer.Event> ours;
        try (ScriptTarget target = player.ourStack()) {
            ours = player.play(target);
        }
        try (Namespace namespace = Namespace.open();
                LinuxTarget target = LinuxTarget.open(namespace)) {
            List<ScriptPlayer.Event> linux = namespace.call(() -> new ScriptPlayer(script, PLAYED_NANOS).play(target));
            List<Difference> differences = Difference.between(NormalForm.of(linux, true), NormalForm.of(ours, false));
            return new Outcome("", player.isCut(), target.isDisturbed(), differences);
        }
    }
}
