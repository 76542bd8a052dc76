package io.demijohn.agent.hook;

import java.util.List;

/**
 * Keeps network libraries from their own native transports, which call the kernel past the JDK.
 *
 * <p>Only where the user said nothing, and only when there is a route other than the kernel. Once, before the application.
 */
final class NativeTransports {
    /** Each with the value that turns the native transport off. */
    private static final List<String[]> PROPERTIES = List.of(
            new String[] {"io.netty.transport.noNative", "true"},
            new String[] {"io.grpc.netty.shaded.io.netty.transport.noNative", "true"},
            new String[] {"io.lettuce.core.epoll", "false"},
            new String[] {"io.lettuce.core.iouring", "false"});

    private NativeTransports() {}

    static void turnOff() {
        for (String[] property : PROPERTIES) {
            if (System.getProperty(property[0]) == null) {
                System.setProperty(property[0], property[1]);
            }
        }
    }
}
