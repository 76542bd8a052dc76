package io.demijohn.linux.host;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import java.nio.channels.NetworkChannel;
import java.nio.charset.StandardCharsets;
import sun.nio.ch.SelChImpl;

/** What the JDK has no option for: the congestion control of one of the kernel's sockets. Stateless; any thread. */
public final class SocketSettings {
    private static final int NAME_BYTES = 16;

    private SocketSettings() {}

    /**
     * Chooses the congestion control of a socket that is not connected yet, and looks whether it took.
     *
     * @throws IllegalStateException if the kernel does not have it or does not allow it
     */
    static void setCongestionControl(NetworkChannel channel, String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        try (Region value = Region.allocate(NAME_BYTES)) {
            Mem.copyIn(text, 0, value.address(), text.length);
            int fd = descriptor(channel);
            Libc.checked(
                    Libc.setsockopt(fd, Libc.IPPROTO_TCP, Libc.TCP_CONGESTION, value.address(), text.length),
                    "congestion control " + name);
        }
        if (!congestionControl(channel).equals(name)) {
            throw new IllegalStateException("congestion control is " + congestionControl(channel));
        }
    }

    /** Returns the congestion control in force. */
    public static String congestionControl(NetworkChannel channel) {
        try (Region value = Region.allocate(2 * NAME_BYTES)) {
            long length = value.address() + NAME_BYTES;
            Mem.fill(value.address(), value.bytes(), 0);
            Mem.putInt(length, NAME_BYTES);
            Libc.checked(
                    Libc.getsockopt(
                            descriptor(channel), Libc.IPPROTO_TCP, Libc.TCP_CONGESTION, value.address(), length),
                    "getsockopt");
            byte[] text = new byte[NAME_BYTES];
            Mem.copyOut(value.address(), text, 0, NAME_BYTES);
            return new String(text, StandardCharsets.US_ASCII).replace("\0", "");
        }
    }

    private static int descriptor(NetworkChannel channel) {
        return ((SelChImpl) channel).getFDVal();
    }
}
