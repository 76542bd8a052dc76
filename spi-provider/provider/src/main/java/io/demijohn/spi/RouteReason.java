package io.demijohn.spi;

/**
 * Why a socket goes the way it goes: one word each for the counters, the report and the errors of {@code strict=true}.
 *
 * <p>Wanted reasons never fail under {@code strict=true}.
 */
public enum RouteReason {
    /** An explicit rule names the transport. */
    RULE("rule", true),
    /** A rule asks for a device, but none reaches the address. */
    RULE_WITHOUT_DEVICE("rule-without-device", false),
    /** A configured device reaches the remote address. */
    REACHED("reached-by-device", true),
    /** The local address belongs to a configured device. */
    OWN_ADDRESS("own-address", true),
    /** A wildcard listener: every device and the kernel. */
    WILDCARD("wildcard", true),
    /** The in-process device owns the loopback addresses. */
    LOOP("loop", true),
    /** A loopback address, and the in-process device is off or does not own it. */
    LOOPBACK("loopback", true),
    /** A loopback address on which no listener of this JVM is: some other process may have one. */
    NO_LISTENER_ON_LOOP("no-listener-on-loop", false),
    /** No device is configured. */
    NO_DEVICE("no-device", false),
    /** Devices are configured, but none reaches the remote address. */
    NOT_REACHED("not-reached", false),
    /** The local address belongs to no configured device. */
    NOT_OUR_ADDRESS("not-our-address", false),
    /** An IPv6 address in a JVM whose sockets speak IPv4 alone: the kernel's socket says so. */
    NO_IPV6("no-ipv6", true),
    /** The socket was bound to a local address of the kernel before. */
    BOUND_TO_KERNEL("bound-to-kernel", false),
    /** The socket was bound to a local address of a device before. */
    BOUND_TO_DEVICE("bound-to-device", true),
    /** A Unix-domain socket. */
    UNIX_DOMAIN("unix-domain", true),
    /** A datagram socket; devices carry TCP alone in this version. */
    DATAGRAM("datagram", true),
    /** A pipe of the JDK. */
    PIPE("pipe", true),
    /** A channel inherited from the process that started the JVM. */
    INHERITED("inherited", true),
    /** A listener that serves both gave out the connection. */
    ACCEPTED("accepted", true),
    /** A hook of ours failed and the JDK went its own way. */
    HOOK_FAILED("hook-failed", true);

    private final String word;
    private final boolean wanted;

    RouteReason(String word, boolean wanted) {
        this.word = word;
        this.wanted = wanted;
    }

    /** Returns the word as printed. */
    public String word() {
        return word;
    }

    /** Returns whether a route to the kernel for this reason is what the user asked for. */
    public boolean wanted() {
        return wanted;
    }
}
