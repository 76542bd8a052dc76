package io.demijohn.linux.diff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Plays many cases at once, each in a namespace of its own, and those that came out otherwise than expected again, fewer at once: a busy
 * host may be late, it is not late every time.
 *
 * <p>Used by one thread.
 */
final class Comparison {
    private static final int AT_ONCE = 24;
    private static final int AT_ONCE_AGAIN = 8;
    private static final int ROUNDS = 6;

    /** Rounds on time whose outcome is believed. */
    private static final int QUIET_ROUNDS = 2;

    private final AcceptedDifferences accepted;

    Comparison(AcceptedDifferences accepted) {
        this.accepted = accepted;
    }

    /** Returns the outcome of each case by its name, in order. */
    Map<String, Case.Outcome> run(List<Case> cases) throws InterruptedException {
        Map<String, Case.Outcome> outcomes = new LinkedHashMap<>();
        play(cases, AT_ONCE, outcomes);
        Map<String, Integer> quiet = new HashMap<>();
        List<Case> again = cases;
        for (int round = 1; round < ROUNDS; round++) {
            again = again.stream()
                    .filter(each -> !asExpected(each, outcome(each, outcomes)))
                    .filter(each -> quiet.getOrDefault(each.name(), 0) < QUIET_ROUNDS)
                    .toList();
            play(again, AT_ONCE_AGAIN, outcomes);
            again.forEach(
                    each -> quiet.merge(each.name(), outcome(each, outcomes).disturbed() ? 0 : 1, Integer::sum));
        }
        return outcomes;
    }

    private static Case.Outcome outcome(Case each, Map<String, Case.Outcome> outcomes) {
        return Objects.requireNonNull(outcomes.get(each.name()));
    }

    private static void play(List<Case> cases, int atOnce, Map<String, Case.Outcome> outcomes)
            throws InterruptedException {
        ExecutorService players = Executors.newFixedThreadPool(atOnce);
        try {
            List<Future<Case.Outcome>> played = new ArrayList<>();
            for (Case each : cases) {
                played.add(players.submit(each::play));
            }
            for (int index = 0; index < cases.size(); index++) {
                outcomes.put(cases.get(index).name(), result(cases.get(index), played.get(index)));
            }
        } finally {
            players.shutdown();
        }
    }

    /** Returns whether a case differs in exactly what is accepted. */
    boolean asExpected(Case each, Case.Outcome outcome) {
        return !outcome.skipped().isEmpty() || outcome.differences().equals(accepted.of(each.name()));
    }

    private static Case.Outcome result(Case played, Future<Case.Outcome> outcome) throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(played.name() + ": " + e.getCause() + "\n" + played.text(), e);
        }
    }
}
