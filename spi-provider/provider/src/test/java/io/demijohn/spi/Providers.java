package io.demijohn.spi;

import io.demijohn.spi.config.Configuration;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import java.util.Properties;
import sun.nio.ch.DefaultAsynchronousChannelProvider;
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

    /** A provider whose loopback connections go through the stack, or what {@link TapFamilies} asks for. */
    static SelectorProvider loop() {
        return LoopHolder.PROVIDER;
    }

    static AsynchronousChannelProvider asyncJdk() {
        return AsyncJdkHolder.PROVIDER;
    }

    /** A provider of asynchronous channels whose every route is the kernel. */
    static AsynchronousChannelProvider asyncKernel() {
        return AsyncKernelHolder.PROVIDER;
    }

    /** A provider of asynchronous channels whose loopback connections go through the stack. */
    static AsynchronousChannelProvider asyncLoop() {
        return AsyncLoopHolder.PROVIDER;
    }

    /** Returns one that shares the datapath of {@code channels}. */
    static DemijohnAsyncProvider asyncBeside(SelectorProvider channels) {
        DemijohnProvider ours = (DemijohnProvider) channels;
        return new DemijohnAsyncProvider(ours.datapath(), ours.defaults());
    }

    private static DemijohnProvider open(String options) {
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
        static final SelectorProvider PROVIDER = open(System.getProperty("contract.options", "loop=on,memory=64m"));
    }

    private static final class AsyncJdkHolder {
        static final AsynchronousChannelProvider PROVIDER = DefaultAsynchronousChannelProvider.create();
    }

    private static final class AsyncKernelHolder {
        static final AsynchronousChannelProvider PROVIDER = asyncBeside(kernel());
    }

    private static final class AsyncLoopHolder {
        static final AsynchronousChannelProvider PROVIDER = asyncBeside(loop());
    }
}
