package io.demijohn.pdpix;

/**
 * How one operation ended.
 *
 * @param token the operation's token, which is void from now on
 * @param queue the queue it was asked of
 * @param result bytes moved by push and pop (0 from pop: the peer's stream ended), the new queue of accept, 0 of connect, or
 *     a negative {@link io.demijohn.engine.Status}
 */
public record Completion(long token, int queue, int result) {}
