package io.demijohn.compat;

/** The same on the stock JDK. */
final class VirtualThreadsOnStockTest extends VirtualThreadsContract {
    @Override
    String agentOptions() {
        return "";
    }
}
