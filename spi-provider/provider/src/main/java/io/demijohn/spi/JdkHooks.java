package io.demijohn.spi;

import io.demijohn.spi.RouteCounters.Operation;
import io.demijohn.spi.config.Transport;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketImpl;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.DjHooks;

/**
 * Answers the hooks that the agent put into the JDK.
 *
 * <p>Any thread, also one that loads classes: nothing here logs or uses lambdas. Whatever fails is counted and answered with
 * null, and the JDK goes its own way.
 */
public final class JdkHooks implements DjHooks.Hooks {
    private final Datapath datapath;
    private final SelectorProvider provider;
    private final @Nullable AsynchronousChannelProvider asyncProvider;

    /** @param asyncProvider of asynchronous channels, or null if those are the JDK's */
    public JdkHooks(Datapath datapath, SelectorProvider provider, @Nullable AsynchronousChannelProvider asyncProvider) {
        this.datapath = datapath;
        this.provider = provider;
        this.asyncProvider = asyncProvider;
    }

    @Override
    public @Nullable SocketImpl socketImpl(boolean server) {
        try {
            return new DemijohnSocketImpl(datapath, server);
        } catch (Throwable e) {
            failed();
            return null;
        }
    }

    @Override
    public SelectorProvider provider() {
        return provider;
    }

    @Override
    public @Nullable AsynchronousChannelProvider asyncProvider() {
        return asyncProvider;
    }

    /** Returns the JDK's implementation for a listener that was made before the hooks and knows only that. */
    @Override
    public @Nullable SocketImpl unwrapForNioAccept(SocketImpl accepted) {
        try {
            return accepted instanceof DemijohnSocketImpl ours ? ours.becomeKernelAccepted() : null;
        } catch (Throwable e) {
            failed();
            return null;
        }
    }

    /** The JDK's own streams hold the channel's lock while they wait, unless the channel is of the JDK's own class. */
    @Override
    public @Nullable InputStream inputStream(ReadableByteChannel channel) {
        return channel instanceof BypassSocketChannel ours ? new ChannelInput(ours) : null;
    }

    @Override
    public @Nullable OutputStream outputStream(WritableByteChannel channel) {
        return channel instanceof BypassSocketChannel ours ? new ChannelOutput(ours) : null;
    }

    private void failed() {
        datapath.counters().count(Operation.OPEN, Transport.KERNEL, RouteReason.HOOK_FAILED);
    }
}
