package io.demijohn.spi;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import io.demijohn.device.NetDeviceProvider;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** The drivers that this build has, by scheme; control plane, one thread. */
final class Devices {
    private final SortedMap<String, NetDeviceProvider> providers = new TreeMap<>();

    Devices() {
        for (NetDeviceProvider provider :
                ServiceLoader.load(NetDeviceProvider.class, NetDeviceProvider.class.getClassLoader())) {
            providers.put(provider.scheme(), provider);
        }
    }

    /**
     * Opens the device that {@code uri} names.
     *
     * @throws DeviceException if no driver has the scheme, with those that exist, or if the driver cannot open it
     */
    NetDevice open(String uri, int mtuBytes) throws DeviceException {
        int colon = uri.indexOf(':');
        NetDeviceProvider provider = colon < 0 ? null : providers.get(uri.substring(0, colon));
        if (provider == null) {
            throw new DeviceException(
                    "net=" + uri + ": unknown scheme; allowed: " + String.join(":, ", providers.keySet()) + ":");
        }
        return provider.open(uri, mtuBytes);
    }
}
