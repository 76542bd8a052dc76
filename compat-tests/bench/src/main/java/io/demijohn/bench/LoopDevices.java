package io.demijohn.bench;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import io.demijohn.device.NetDeviceProvider;
import java.util.ServiceLoader;

/** Opens the in-process device that every benchmark runs over. Any thread. */
final class LoopDevices {
    private LoopDevices() {}

    static NetDevice open() {
        for (NetDeviceProvider provider : ServiceLoader.load(NetDeviceProvider.class)) {
            if (provider.scheme().equals("loop")) {
                try {
                    return provider.open("loop:", 0);
                } catch (DeviceException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        throw new IllegalStateException("no loop driver on the class path");
    }
}
