package io.demijohn.device.tap;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import io.demijohn.device.VirtioNetHeader;
import java.util.Locale;

/**
 * The steps from an interface name to a running {@link TapDevice}, and what to tell the user when one fails.
 *
 * <p>Control plane, any thread; keeps nothing. Our station address is derived, not chosen: a locally administered one,
 * hashed from the interface's name and the kernel side's address. So it stays the same for as long as the interface
 * lives, which keeps the neighbours' tables right over a restart, and differs from the kernel side's, which must not
 * take our frames for its own.
 */
final class TapOpener {
    /** What every IPv4 host accepts: RFC 791, 3.1. */
    static final int MTU_MIN_BYTES = 576;

    /** The kernel's limit for a tap: an IPv4 packet's largest size less the Ethernet header. */
    static final int MTU_MAX_BYTES = 65_521;

    private static final String TUN = "/dev/net/tun";
    private static final System.Logger LOG = System.getLogger(TapOpener.class.getName());
    private static final long MAC_MASK = 0xffff_ffff_ffffL;
    private static final long MAC_LOCAL = 0x0200_0000_0000L;
    private static final long MAC_MULTICAST = 0x0100_0000_0000L;

    private TapOpener() {}

    static NetDevice open(String uri, String name, int mtuBytes, Offload wanted) throws DeviceException {
        String link = TapHost.nativeLink();
        if (!link.isEmpty()) {
            throw new DeviceException("net=" + uri + ": " + link);
        }
        int fd = openTun(uri, name);
        try (InterfaceControl control = new InterfaceControl(name)) {
            boolean headers = wanted != Offload.OFF && control.offersHeaders(fd);
            attach(uri, name, fd, control, headers);
            Offload offload = agree(uri, name, fd, control, headers ? wanted : Offload.OFF);
            if (offload != wanted) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "device=tap:" + name + " offload=" + offload.name().toLowerCase(Locale.ROOT)
                                + " cause=refused-by-the-kernel");
            }
            int mtuInForce = mtu(uri, name, mtuBytes, control);
            long kernelMac = control.macAddress();
            if (kernelMac < 0) {
                throw failed(uri, "cannot read the address of " + name, (int) -kernelMac);
            }
            bringUp(name, control);
            int eventFd = Libc.eventfd(0, Libc.EFD_FLAGS);
            if (eventFd < 0) {
                throw failed(uri, "cannot make an eventfd", Libc.errno());
            }
            int attached = fd;
            fd = -1;
            return new TapDevice(
                    uri,
                    attached,
                    eventFd,
                    stationMac(name, kernelMac),
                    mtuInForce,
                    Math.max(0, control.index()),
                    offload);
        } finally {
            if (fd >= 0) {
                Libc.close(fd);
            }
        }
    }

    /** Derives our end's address: unicast, locally administered, never {@code kernelMac}. */
    static long stationMac(String name, long kernelMac) {
        long hash = kernelMac ^ ((long) name.hashCode() << Short.SIZE);
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L; // the finaliser of SplitMix64
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        hash ^= hash >>> 31;
        long mac = (hash & MAC_MASK & ~MAC_MULTICAST) | MAC_LOCAL;
        return mac == kernelMac ? mac ^ 1 : mac;
    }

    private static int openTun(String uri, String name) throws DeviceException {
        int fd = Libc.open(TUN, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (fd >= 0) {
            return fd;
        }
        int errno = Libc.errno();
        throw switch (errno) {
            case Libc.ENOENT, Libc.ENODEV, Libc.ENXIO -> new DeviceException("net=" + uri + ": " + TapHost.NO_TUN);
            case Libc.EACCES, Libc.EPERM -> new DeviceException("net=" + uri + ": " + TapHost.noAccess(name));
            default -> failed(uri, "cannot open " + TUN, errno);
        };
    }

    private static void attach(String uri, String name, int fd, InterfaceControl control, boolean headers)
            throws DeviceException {
        boolean existed = control.exists();
        int status = control.attach(fd, headers);
        if (status >= 0) {
            return;
        }
        String remedy = "\"ip tuntap add dev " + name + " mode tap user " + TapHost.userId() + "\"";
        throw switch (-status) {
            case Libc.EPERM, Libc.EACCES ->
                new DeviceException("net=" + uri + ": "
                        + (existed
                                ? name + " belongs to another user; as root run \"ip link del " + name + "\" and "
                                        + remedy
                                : "there is no " + name + " and creating it takes CAP_NET_ADMIN; as root run " + remedy)
                        + ", or start with CAP_NET_ADMIN");
            case Libc.EBUSY ->
                new DeviceException(
                        "net=" + uri + ": " + name + " is in use by another process; end it or name another interface");
            case Libc.EINVAL ->
                new DeviceException("net=" + uri + ": " + name
                        + (existed
                                ? " exists and is no single-queue tap interface; name another, or make one with "
                                        + remedy
                                : " is refused by the kernel as an interface name"));
            default -> failed(uri, "cannot attach to " + name, -status);
        };
    }

    /** Settles what each side leaves to the other and returns it; headers, once attached with, stay. */
    private static Offload agree(String uri, String name, int fd, InterfaceControl control, Offload wanted)
            throws DeviceException {
        if (wanted == Offload.OFF) {
            control.acceptUnfinished(fd, Offload.OFF); // a persistent interface may remember another user's
            return Offload.OFF;
        }
        int status = control.setHeaderBytes(fd, VirtioNetHeader.BYTES);
        if (status < 0) {
            throw new DeviceException("net=" + uri + ": the kernel refuses " + name + "'s header size (errno " + -status
                    + "); write tap:" + name + "?offload=off");
        }
        if (wanted == Offload.ON && control.acceptUnfinished(fd, Offload.ON) >= 0) {
            return Offload.ON;
        }
        if (control.acceptUnfinished(fd, Offload.CHECKSUM) < 0) {
            control.acceptUnfinished(fd, Offload.OFF); // then its frames come finished, and it still finishes ours
        }
        return Offload.CHECKSUM;
    }

    /** Returns the MTU in force after setting the wanted one: both ends of the wire must agree. */
    private static int mtu(String uri, String name, int wantedBytes, InterfaceControl control) throws DeviceException {
        int ownBytes = control.mtuBytes();
        if (ownBytes < 0) {
            throw failed(uri, "cannot read the mtu of " + name, -ownBytes);
        }
        if (wantedBytes == 0 || wantedBytes == ownBytes) {
            return ownBytes;
        }
        int status = control.setMtuBytes(wantedBytes);
        if (status < 0) {
            throw new DeviceException("mtu=" + wantedBytes + ": " + name + " has " + ownBytes
                    + " and may not be changed (errno " + -status + "); as root run \"ip link set " + name + " mtu "
                    + wantedBytes + "\", or leave mtu out");
        }
        return wantedBytes;
    }

    /** Brings the link up if we may; if not, frames flow from the moment an administrator does. */
    private static void bringUp(String name, InterfaceControl control) {
        int flags = control.flags();
        if (flags >= 0 && (flags & InterfaceControl.IFF_UP) == 0) {
            int status = control.setFlags(flags | InterfaceControl.IFF_UP);
            if (status < 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "device=tap:" + name + " link=down errno=" + -status + " remedy=\"ip link set " + name
                                + " up\"");
            }
        }
    }

    private static DeviceException failed(String uri, String what, int errno) {
        return new DeviceException("net=" + uri + ": " + what + " (errno " + errno + ")");
    }
}
