package io.demijohn.compat;

import io.demijohn.compat.harness.Rig;

/** The same requests to Jetty over IPv6 on the stock JDK. */
final class JettyIpv6OnStockTest extends JettyContract {
    @Override
    protected Rig openRig() {
        return Rig.stock();
    }

    @Override
    String host() {
        return Rig.OURS_IPV6;
    }
}
