package io.demijohn.spi;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

/** What contracts of java.net's sockets have in common: plain {@code new Socket()} means the world that a subclass names. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init") // JUnit fills the world in
abstract class SocketContract {
    @Parameter
    SocketWorld world;

    @BeforeEach
    final void enter() throws Exception {
        world.enter();
    }

    @AfterEach
    final void leave() {
        world.leave();
    }
}
