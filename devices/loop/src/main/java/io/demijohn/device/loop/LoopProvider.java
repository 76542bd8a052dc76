package io.demijohn.device.loop;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import io.demijohn.device.NetDeviceProvider;
import java.util.List;

/**
 * Opens {@link LoopDevice}s for the scheme {@code loop}; found by ServiceLoader.
 *
 * <p>Stateless, any thread. Each open gives a device of its own: two of them are two wires.
 */
public final class LoopProvider implements NetDeviceProvider {
    private static final String SCHEME = "loop";

    /** Large, so that bulk streams pay few headers, and small enough that a pool of its slots stays modest. */
    private static final int MTU_DEFAULT_BYTES = 16_384;

    /** What every IPv4 host accepts: RFC 791, 3.1. */
    private static final int MTU_MIN_BYTES = 576;

    /** The largest total length an IPv4 header can state. */
    private static final int MTU_MAX_BYTES = 65_535;

    /** The constructor that ServiceLoader calls. */
    public LoopProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public String description() {
        return "loop: in-process wire, frames by reference; for tests";
    }

    @Override
    public List<String> missing() {
        return List.of();
    }

    @Override
    public NetDevice open(String uri, int mtuBytes) throws DeviceException {
        if (!uri.equals(SCHEME + ":")) {
            throw new DeviceException("net=" + uri + ": the loop device takes no name, write loop:");
        }
        if (mtuBytes != 0 && (mtuBytes < MTU_MIN_BYTES || mtuBytes > MTU_MAX_BYTES)) {
            throw new DeviceException("mtu=" + mtuBytes + ": " + uri + " allows " + MTU_MIN_BYTES + " to "
                    + MTU_MAX_BYTES + ", or 0 for " + MTU_DEFAULT_BYTES);
        }
        return new LoopDevice(uri, mtuBytes == 0 ? MTU_DEFAULT_BYTES : mtuBytes, LoopDevice.RING_SLOTS);
    }
}
