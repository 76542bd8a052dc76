package io.demijohn.compat;

import org.junit.jupiter.api.Tag;

/** Under the agent, where every route is the kernel. */
@Tag("agent")
final class SocketFactoryOverKernelTest extends SocketFactoryContract {
    @Override
    String agentOptions() {
        return "loop=off";
    }
}
