package io.demijohn.engine;

/** Ends the sleep of whoever waits for a {@link ReadySet}; called by any thread, must not block or throw. */
@FunctionalInterface
public interface Wakeup {
    void wake();
}
