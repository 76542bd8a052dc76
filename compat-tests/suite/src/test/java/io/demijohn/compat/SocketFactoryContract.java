package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Jdk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A program that makes the implementations of its sockets itself keeps them, and the other sockets work beside them. */
abstract class SocketFactoryContract {
    private static final List<String> EXPECTED = List.of(
            "before, real: reads 5",
            "set again: java.net.SocketException: factory already defined",
            "client: reads -1",
            "client without proxy: reads -1",
            "client by address: reads -1",
            "listener, real: reads 6",
            "implementations made: 0",
            "client behind SOCKS: java.net.SocketTimeoutException: Connect timed out",
            "listener: java.io.IOException: nobody comes",
            "channels, real: reads 1",
            "implementations made in all: 5");

    /** Returns the agent's options, or nothing for the stock JDK. */
    abstract String agentOptions();

    @Test
    void factories_ofTheApplication_areUsedWhereTheJdkUsesThem() throws Exception {
        try (AppProcess process =
                AppProcess.start(Jdk.with(List.of(), agentOptions(), "socket-factory", "--host", "127.0.0.1"))) {
            assertEquals(EXPECTED, process.awaitSuccess(), process::transcript);
        }
    }
}
