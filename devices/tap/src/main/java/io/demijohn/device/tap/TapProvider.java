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
 * thread, or creates it for as long as the device is open if the process may. {@code ?offload=off} behind
 * it makes and checks every checksum here, as without it only other hosts' are, and every frame carries one segment;
 * {@code ?offload=checksum} means the latter alone.
 */
public final class TapProvider implements NetDeviceProvider {
    private static final String SCHEME = "tap";

    private static final String OFFLOAD = "?offload=";

    /** The constructor that ServiceLoader calls. */
    public TapProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public String description() {
        return "tap:NAME[?offload=checksum|off]: Ethernet frames to and from this host's kernel through a tap interface";
    }

    @Override
    public List<String> missing() {
        return new TapHost(Path.of("/")).missing();
    }

    @Override
    public NetDevice open(String uri, int mtuBytes) throws DeviceException {
        int query = uri.indexOf(OFFLOAD);
        String name = nameOf(uri, query < 0 ? uri : uri.substring(0, query));
        Offload offload = query < 0 ? Offload.ON : offloadOf(uri, uri.substring(query + OFFLOAD.length()));
        if (mtuBytes != 0 && (mtuBytes < TapOpener.MTU_MIN_BYTES || mtuBytes > TapOpener.MTU_MAX_BYTES)) {
            throw new DeviceException("mtu=" + mtuBytes + ": " + uri + " allows " + TapOpener.MTU_MIN_BYTES + " to "
                    + TapOpener.MTU_MAX_BYTES + ", or 0 for the interface's own");
        }
        return TapOpener.open(uri, name, mtuBytes, offload);
    }

    /** Returns the interface name after the scheme, held to what the kernel takes literally. */
    private static String nameOf(String uri, String device) throws DeviceException {
        String prefix = SCHEME + ":";
        String name = device.startsWith(prefix) ? device.substring(prefix.length()) : "";
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

    private static Offload offloadOf(String uri, String value) throws DeviceException {
        return switch (value) {
            case "on" -> Offload.ON;
            case "checksum" -> Offload.CHECKSUM;
            case "off" -> Offload.OFF;
            default -> throw new DeviceException("net=" + uri + ": offload=" + value + ": allowed: on, checksum, off");
        };
    }

    /** Printable ASCII; the kernel refuses '/', ':' and space, and would number a name with '%'. */
    private static boolean isNameCharacter(int character) {
        return character > ' ' && character < 0x7f && character != '/' && character != ':' && character != '%';
    }
}
