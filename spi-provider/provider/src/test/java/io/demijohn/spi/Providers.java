package io.demijohn.spi;

import io.demijohn.spi.config.Configuration;
import java.nio.channels.spi.SelectorProvider;
import java.util.Properties;
import sun.nio.ch.DefaultSelectorProvider;

/** The providers that every contract runs on: the JDK's, ours with the kernel alone, and ours with the loop engine. */
final class Providers {
    private Providers() {}

    static SelectorProvider jdk() {
        return DefaultSelectorProvider.get();
    }

    /** A provider whose every route is the kernel. */
    static SelectorProvider kernel() {
        return KernelHolder.PROVIDER;
    }

    /** A provider whose loopback connections go through the stack. */
    static SelectorProvider loop() {
        return LoopHolder.PROVIDER;
    }

    private static SelectorProvider open(String options) {
        try {
            return new DemijohnProvider(Datapath.open(Configuration.read(options, new Properties())));
        } catch (Exception e) {
            throw new IllegalStateException("no provider for " + options, e);
        }
    }

    private static final class KernelHolder {
        static final SelectorProvider PROVIDER = open("loop=off");
    }

    private static final class LoopHolder {
        static final SelectorProvider PROVIDER = open("loop=on,memory=64m");
    }
}
