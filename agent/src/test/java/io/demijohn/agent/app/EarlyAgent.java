package io.demijohn.agent.app;

import java.io.IOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.Selector;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/** Another agent, which opens a selector and a server socket before the application starts, and looks at every class. */
public final class EarlyAgent {
    private EarlyAgent() {}

    public static void premain(String options, Instrumentation instrumentation) throws IOException {
        Selector.open().close();
        new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
        instrumentation.addTransformer(new Onlooker(), true);
        Output.line("early agent");
    }

    /** Changes nothing. */
    private static final class Onlooker implements ClassFileTransformer {
        @Override
        public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                @Nullable String className,
                @Nullable Class<?> redefined,
                @Nullable ProtectionDomain domain,
                byte[] classFile) {
            return null;
        }
    }
}
