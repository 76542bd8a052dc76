package io.demijohn.stack.ip;

/**
 * What a packet asks of the Internet layer beyond its addresses, in one int: plain TOS octets are services too.
 *
 * <pre>
 *   bits 0 to 7   TOS or traffic class
 *   bits 8 to 16  hop limit + 1; 0: the stack's default
 *   bit 17        a packet to a group does not come back to us
 * </pre>
 *
 * <p>Constants only.
 */
public final class Service {
    private static final int CLASS_MASK = 0xff;
    private static final int HOPS_SHIFT = 8;
    private static final int HOPS_MASK = 0x1ff;
    private static final int NO_LOOP = 1 << 17;

    private Service() {}

    /** Returns a service; {@code hopLimit} is 0 to 255, or negative for the default. */
    public static int of(int trafficClass, int hopLimit, boolean loops) {
        int hops = hopLimit < 0 ? 0 : hopLimit + 1;
        return (trafficClass & CLASS_MASK) | hops << HOPS_SHIFT | (loops ? 0 : NO_LOOP);
    }

    public static int trafficClass(int service) {
        return service & CLASS_MASK;
    }

    /** Returns the hop limit, {@code byDefault} if none is asked for. */
    public static int hopLimit(int service, int byDefault) {
        int hops = service >>> HOPS_SHIFT & HOPS_MASK;
        return hops == 0 ? byDefault : hops - 1;
    }

    /** Returns whether a packet to a group that we are in comes back to us. */
    public static boolean loops(int service) {
        return (service & NO_LOOP) == 0;
    }
}
