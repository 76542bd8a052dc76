package io.demijohn.compat;

import org.junit.jupiter.api.Tag;

/** Under the agent, through the in-process device. */
@Tag("agent")
final class SocketFactoryOverLoopTest extends SocketFactoryContract {
    @Override
    String agentOptions() {
        return "loop=on";
    }
}
