package io.demijohn.sim;

/**
 * What one end of a connection does.
 *
 * @param pattern the bytes it writes
 * @param bytes how many of them before it shuts its output down
 * @param readPauseMaxNanos longest random pause between two reads, 0 to read at once
 * @param writePauseMaxNanos longest random pause between two writes, 0 to write at once
 * @param pieceMaxBytes most bytes of one read or write
 * @param abortAfterBytes resets the connection after it read so many, or -1
 * @param pacing how its writing depends on its reading
 */
public record StreamPlan(
        Pattern pattern,
        long bytes,
        long readPauseMaxNanos,
        long writePauseMaxNanos,
        int pieceMaxBytes,
        long abortAfterBytes,
        Pacing pacing) {
    private static final int PIECE_MAX_BYTES = 32_768;

    /** Returns a plan that writes so many bytes, reads at once and closes in order. */
    public static StreamPlan of(Pattern pattern, long bytes) {
        return new StreamPlan(pattern, bytes, 0, 0, PIECE_MAX_BYTES, -1, Pacing.FREE);
    }

    /** Returns this plan with random pauses between reads. */
    public StreamPlan pausing(long maxNanos) {
        return new StreamPlan(pattern, bytes, maxNanos, writePauseMaxNanos, pieceMaxBytes, abortAfterBytes, pacing);
    }

    /** Returns this plan with random pauses between writes. */
    public StreamPlan hesitating(long maxNanos) {
        return new StreamPlan(pattern, bytes, readPauseMaxNanos, maxNanos, pieceMaxBytes, abortAfterBytes, pacing);
    }

    /** Returns this plan with reads and writes of at most so many bytes. */
    public StreamPlan pieces(int maxBytes) {
        return new StreamPlan(pattern, bytes, readPauseMaxNanos, writePauseMaxNanos, maxBytes, abortAfterBytes, pacing);
    }

    /** Returns this plan with a reset after so many bytes read. */
    public StreamPlan abortingAfter(long readBytes) {
        return new StreamPlan(pattern, bytes, readPauseMaxNanos, writePauseMaxNanos, pieceMaxBytes, readBytes, pacing);
    }

    /** Returns this plan as one side of a conversation. */
    public StreamPlan paced(Pacing changed) {
        return new StreamPlan(
                pattern, bytes, readPauseMaxNanos, writePauseMaxNanos, pieceMaxBytes, abortAfterBytes, changed);
    }
}
