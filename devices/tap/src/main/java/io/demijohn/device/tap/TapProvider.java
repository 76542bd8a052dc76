package io.demijohn.device.tap;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import io.demijohn.device.NetDeviceProvider;
import java.nio.file.Path;
import java.util.List;

/**
 * Opens {@link TapDevice}s for the scheme {@code tap}; found by ServiceLoader.
 *
 * <p>Stateless, any thread. {@code tap:NAME} attaches to the tap interface NAME of the network namespace of the calling
 * thread, or creates it for as long as the device is open if the process may.
 */
public final class TapProvider implements NetDeviceProvider {
    private static final String SCHEME = "tap";

    /** The constructor that ServiceLoader calls. */
    public TapProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public String description() {
        return "tap:NAME: Ethernet frames to and from this host's kernel through a tap interface";
    }

    @Override
    public List<String> missing() {
        return new TapHost(Path.of("/")).missing();
    }

    @Override
    public NetDevice open(String uri, int mtuBytes) throws DeviceException {
        String name = nameOf(uri);
        if (mtuBytes != 0 && (mtuBytes < TapOpener.MTU_MIN_BYTES || mtuBytes > TapOpener.MTU_MAX_BYTES)) {
            throw new DeviceException("mtu=" + mtuBytes + ": " + uri + " allows " + TapOpener.MTU_MIN_BYTES + " to "
                    + TapOpener.MTU_MAX_BYTES + ", or 0 for the interface's own");
        }
        return TapOpener.open(uri, name, mtuBytes);
    }

    /** Returns the interface name after the scheme, held to what the kernel takes literally. */
    private static String nameOf(String uri) throws DeviceException {
        String prefix = SCHEME + ":";
        String name = uri.startsWith(prefix) ? uri.substring(prefix.length()) : "";
        boolean plain = name.chars().allMatch(TapProvider::isNameCharacter);
        if (name.isEmpty()
                || name.length() > InterfaceControl.NAME_MAX_BYTES
                || !plain
                || name.equals(".")
                || name.equals("..")) {
            throw new DeviceException("net=" + uri + ": write tap:NAME with an interface name of 1 to "
                    + InterfaceControl.NAME_MAX_BYTES + " characters without '/', ':', '%' or spaces");
        }
        return name;
    }

    /** Printable ASCII; the kernel refuses '/', ':' and space, and would number a name with '%'. */
    private static boolean isNameCharacter(int character) {
        return character > ' ' && character < 0x7f && character != '/' && character != ':' && character != '%';
    }
}
