package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;

/** The same echo pair over IPv6 on the stock JDK. */
final class EchoIpv6OnStockTest extends EchoContract {
    @Override
    protected Rig openRig() {
        return Rig.stock();
    }

    @Override
    String host() {
        return Rig.OURS_IPV6;
    }

    @Override
    String kernelHost() {
        return Rig.KERNEL_IPV6;
    }
}
