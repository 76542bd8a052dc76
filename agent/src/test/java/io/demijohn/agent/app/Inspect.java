package io.demijohn.agent.app;

import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/** Prints what an application can see of the JDK's providers and, by name, of the classes and resources given. */
public final class Inspect {
    private Inspect() {}

    public static void main(String[] names) throws IOException {
        Output.line("provider " + SelectorProvider.provider().getClass().getName());
        Output.line("property " + System.getProperty("java.nio.channels.spi.SelectorProvider"));
        Output.line("netty " + System.getProperty("io.netty.transport.noNative"));
        try (Selector selector = Selector.open();
                SocketChannel channel = SocketChannel.open()) {
            Output.line("selector " + selector.getClass().getSimpleName());
            Output.line("same " + (channel.provider() == SelectorProvider.provider()));
        }
        for (String name : names) {
            Output.line("sees " + name + " " + (isClass(name) || Inspect.class.getResource("/" + name) != null));
        }
    }

    private static boolean isClass(String name) {
        try {
            Class.forName(name, false, Inspect.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }
}
