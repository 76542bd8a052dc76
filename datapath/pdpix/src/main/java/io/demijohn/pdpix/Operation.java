package io.demijohn.pdpix;

import java.nio.ByteBuffer;

/**
 * An operation that was asked for and has not been waited for yet.
 *
 * <p>Owned by one {@link Pdpix}; its thread only.
 *
 * @param kind what it does
 * @param queue on which queue
 * @param buffers the scatter-gather array of push and pop, borrowed until the operation ends; else empty
 * @param bytes what they had remaining at the start
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; the caller's own array
record Operation(Kind kind, int queue, ByteBuffer[] buffers, int bytes) {
    enum Kind {
        ACCEPT,
        CONNECT,
        PUSH,
        POP
    }

    static final ByteBuffer[] NO_BUFFERS = {};
}
