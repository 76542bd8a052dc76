package io.demijohn.spi;

import java.net.BindException;
import java.net.InetSocketAddress;

/** A kernel that binds anything but the ports it is told to refuse, and counts. */
final class CountingBinder implements KernelBinder {
    private final int refusals;
    private int bindCount;
    private int port;

    CountingBinder() {
        this(0);
    }

    /** @param refusals how many binds find their port taken before one succeeds */
    CountingBinder(int refusals) {
        this.refusals = refusals;
    }

    @Override
    public void bind(InetSocketAddress local) throws BindException {
        bindCount++;
        if (bindCount <= refusals) {
            throw JdkErrors.addressInUse();
        }
        port = local.getPort() == 0 ? 50_000 : local.getPort();
    }

    @Override
    public int port() {
        return port;
    }

    int bindCount() {
        return bindCount;
    }
}
