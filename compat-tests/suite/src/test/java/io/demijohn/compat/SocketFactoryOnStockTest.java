package io.demijohn.compat;

/** The same on the stock JDK. */
final class SocketFactoryOnStockTest extends SocketFactoryContract {
    @Override
    String agentOptions() {
        return "";
    }
}
