package io.demijohn.sim;

/**
 * How much of its bytes a program may have written once it has read so many: what makes two streams a conversation.
 *
 * <p>Stateless; the world's thread.
 */
@FunctionalInterface
public interface Pacing {
    /** Both streams run by themselves. */
    Pacing FREE = readBytes -> Long.MAX_VALUE;

    /** Returns the stream position up to which may be written after {@code readBytes} were read. */
    long writableUntil(long readBytes);

    /** Returns the side that asks: the next request goes out when all but {@code ahead} answers are in. */
    static Pacing asking(int requestBytes, int responseBytes, int ahead) {
        return readBytes -> (readBytes / responseBytes + 1 + ahead) * requestBytes;
    }

    /** Returns the side that answers each whole request. */
    static Pacing answering(int requestBytes, int responseBytes) {
        return readBytes -> readBytes / requestBytes * responseBytes;
    }
}
