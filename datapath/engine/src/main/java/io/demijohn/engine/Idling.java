package io.demijohn.engine;

/**
 * What a polling thread does between passes that found nothing.
 *
 * <p>At first it keeps the processor, for what comes within a microsecond or two; then it offers it at each pass, because
 * with as many busy threads as processors the one it waits for may need just this one.
 */
public final class Idling {
    private static final int EAGER_PASSES = 20;

    private Idling() {}

    /** Pauses after the {@code passes}th pass in a row without work. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on the yield but the time
    public static void pause(int passes) {
        if (passes < EAGER_PASSES) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }
}
