package io.demijohn.spi;

/** How far a socket channel is; only ever moves down this list, and to {@link #CLOSED} from anywhere. */
enum ChannelPhase {
    UNCONNECTED,
    PENDING,
    CONNECTED,
    CLOSED
}
