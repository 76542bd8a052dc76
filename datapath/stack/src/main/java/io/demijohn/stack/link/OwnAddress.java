package io.demijohn.stack.link;

import io.demijohn.stack.IpAddress;

/**
 * One IPv6 address of ours with its state and lifetimes (RFC 4862, 2).
 *
 * <pre>
 *   TENTATIVE ---nobody objects--> PREFERRED <--refreshed-- DEPRECATED ---valid lifetime over--> (removed)
 *   OPTIMISTIC --nobody objects-->    |      --preferred lifetime over-->
 *       |  somebody has it: DUPLICATE, for good
 * </pre>
 *
 * <p>Made by {@link Autoconfiguration}; only the driver changes it, other threads may look at its state.
 */
public final class OwnAddress {
    /** Where an address stands. */
    public enum State {
        /** Being checked for duplicates; not used. */
        TENTATIVE,
        /** Being checked, and used all the same: the configuration says that it is ours. */
        OPTIMISTIC,
        PREFERRED,
        /** Still ours, but not for new connections if there is another. */
        DEPRECATED,
        /** Another station has it; not used. */
        DUPLICATE
    }

    /** A lifetime without end. */
    static final long FOREVER = Long.MAX_VALUE;

    final long high;
    final long low;
    final IpAddress address;
    final int prefixLength;

    /** Comes from the configuration, not from a router. */
    final boolean configured;

    /** When it becomes DEPRECATED, or {@link #FOREVER}. */
    long preferredUntilNanos = FOREVER;

    /** When it goes, or {@link #FOREVER}. */
    long validUntilNanos = FOREVER;

    /** Checking for duplicates: when the next step is due, and the solicitations sent. */
    long checkNanos;

    int checksSent;

    private volatile State state;

    OwnAddress(long high, long low, int prefixLength, boolean configured, State state) {
        this.high = high;
        this.low = low;
        this.address = new IpAddress(high, low);
        this.prefixLength = prefixLength;
        this.configured = configured;
        this.state = state;
    }

    public long high() {
        return high;
    }

    public long low() {
        return low;
    }

    public IpAddress address() {
        return address;
    }

    public int prefixLength() {
        return prefixLength;
    }

    public State state() {
        return state;
    }

    /** Returns whether packets to it are taken and packets from it are sent. */
    public boolean isUsable() {
        State now = state;
        return now != State.TENTATIVE && now != State.DUPLICATE;
    }

    boolean isBeingChecked() {
        State now = state;
        return now == State.TENTATIVE || now == State.OPTIMISTIC;
    }

    void become(State next) {
        state = next;
    }
}
