package io.demijohn.sim;

/**
 * What one end of a connection does.
 *
 * @param pattern the bytes it writes
 * @param bytes how many of them before it shuts its output down
 * @param readPauseMaxNanos longest random pause between two reads, 0 to read at once
 * @param abortAfterBytes resets the connection after it read so many, or -1
 */
public record StreamPlan(Pattern pattern, long bytes, long readPauseMaxNanos, long abortAfterBytes) {
    /** Returns a plan that writes so many bytes, reads at once and closes in order. */
    public static StreamPlan of(Pattern pattern, long bytes) {
        return new StreamPlan(pattern, bytes, 0, -1);
    }

    /** Returns this plan with random pauses between reads. */
    public StreamPlan pausing(long maxNanos) {
        return new StreamPlan(pattern, bytes, maxNanos, abortAfterBytes);
    }

    /** Returns this plan with a reset after so many bytes read. */
    public StreamPlan abortingAfter(long readBytes) {
        return new StreamPlan(pattern, bytes, readPauseMaxNanos, readBytes);
    }
}
