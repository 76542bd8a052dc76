package io.demijohn.device.tap;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import java.nio.charset.StandardCharsets;

/**
 * Looks at and sets one network interface by name: netdevice(7).
 *
 * <p>Owned by the thread that opens the device, for as long as that takes. Answers as the kernel does: 0 or more is a
 * value, a negative number a failed call's {@code errno}.
 *
 * <pre>
 *   struct ifreq
 *   0           16                                       40
 *    | name, 0   | flags u16 | mtu int | sockaddr: family u16, address 6 |
 * </pre>
 */
final class InterfaceControl implements AutoCloseable {
    static final int NAME_MAX_BYTES = 15;
    static final int IFF_UP = 0x1;

    private static final long TUNSETIFF = 0x400454caL;
    private static final int IFF_TAP = 0x2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final long TUNGETFEATURES = 0x800454cfL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final long TUNSETVNETHDRSZ = 0x400454d8L;
    private static final int TUN_F_CSUM = 0x1;
    private static final int TUN_F_TSO4 = 0x2;
    private static final int TUN_F_TSO6 = 0x4;
    private static final int TUN_F_TSO_ECN = 0x8;
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCGIFMTU = 0x8921;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFHWADDR = 0x8927;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final int REQUEST_BYTES = 40;
    private static final int UNION_OFFSET = 16;
    private static final int ADDRESS_OFFSET = UNION_OFFSET + 2;

    private final byte[] name;
    private final int socket;
    private final Region request = Region.allocate(REQUEST_BYTES);

    /** Prepares for the interface {@code name}, at most {@link #NAME_MAX_BYTES} of ASCII; it need not exist. */
    InterfaceControl(String name) {
        this.name = name.getBytes(StandardCharsets.US_ASCII);
        this.socket = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM_CLOEXEC, 0);
    }

    /** Returns whether the kernel can put a virtio header before each frame of the tun descriptor {@code fd}. */
    boolean offersHeaders(int fd) {
        clear();
        long features = request.address();
        return Libc.ioctl(fd, TUNGETFEATURES, features) >= 0 && (Mem.getInt(features) & IFF_VNET_HDR) != 0;
    }

    /**
     * Binds the open tun descriptor {@code fd} to the interface as a tap without packet information, with or without a
     * virtio header before each frame.
     */
    int attach(int fd, boolean headers) {
        long union = clear();
        Mem.putU16(union, IFF_TAP | IFF_NO_PI | (headers ? IFF_VNET_HDR : 0));
        return result(Libc.ioctl(fd, TUNSETIFF, request.address()));
    }

    /** Fixes the size of the header: a persistent interface remembers its last user's. */
    int setHeaderBytes(int fd, int bytes) {
        clear();
        Mem.putInt(request.address(), bytes);
        return result(Libc.ioctl(fd, TUNSETVNETHDRSZ, request.address()));
    }

    /** Tells the kernel how unfinished its frames may come; a persistent interface remembers that too. */
    int acceptUnfinished(int fd, Offload offload) {
        int flags =
                switch (offload) {
                    case OFF -> 0;
                    case CHECKSUM -> TUN_F_CSUM;
                    case ON -> TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
                };
        return result(Libc.ioctl(fd, TUNSETOFFLOAD, flags));
    }

    /** Returns whether an interface of that name is there, whatever its kind. */
    boolean exists() {
        return index() >= 0;
    }

    /** Returns the number that the kernel gave the interface. */
    int index() {
        long union = clear();
        int status = call(SIOCGIFINDEX);
        return status < 0 ? status : Mem.getInt(union);
    }

    int mtuBytes() {
        long union = clear();
        int status = call(SIOCGIFMTU);
        return status < 0 ? status : Mem.getInt(union);
    }

    int setMtuBytes(int mtuBytes) {
        long union = clear();
        Mem.putInt(union, mtuBytes);
        return call(SIOCSIFMTU);
    }

    int flags() {
        long union = clear();
        int status = call(SIOCGIFFLAGS);
        return status < 0 ? status : Mem.getU16(union);
    }

    int setFlags(int flags) {
        long union = clear();
        Mem.putU16(union, flags);
        return call(SIOCSIFFLAGS);
    }

    /** Returns the kernel side's station address in the low 48 bits. */
    long macAddress() {
        clear();
        int status = call(SIOCGIFHWADDR);
        return status < 0 ? status : Mem.getLongBe(request.address() + ADDRESS_OFFSET) >>> Short.SIZE;
    }

    @Override
    public void close() {
        if (socket >= 0) {
            Libc.close(socket);
        }
        request.close();
    }

    /** Leaves the name alone in the request and returns the address of its union. */
    private long clear() {
        long address = request.address();
        Mem.fill(address, REQUEST_BYTES, 0);
        Mem.copyIn(name, 0, address, name.length);
        return address + UNION_OFFSET;
    }

    private int call(long operation) {
        return result(Libc.ioctl(socket, operation, request.address()));
    }

    private static int result(int returned) {
        return returned < 0 ? -Libc.errno() : returned;
    }
}
