package io.demijohn.engine;

/** What a thread that does not hold the token asks of the driver; bits, so that repeated requests merge. */
final class Commands {
    /** Bytes were queued: send what the windows allow. */
    static final int SEND = 1;
    /** Bytes were read: the receive window may open. */
    static final int CONSUMED = 2;
    /** Send FIN after what is queued. */
    static final int SHUTDOWN_OUTPUT = 4;
    /** The application closed the handle. */
    static final int CLOSE = 8;
    /** The application closed the handle and wants a reset. */
    static final int ABORT = 16;
    /** Options of the stream changed. */
    static final int OPTIONS = 32;

    private Commands() {}
}
