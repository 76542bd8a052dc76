package io.demijohn.device.tap;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.demijohn.device.Mem;
import io.demijohn.device.Region;

/**
 * What a test does to its own thread: a fresh network namespace, fewer capabilities, another user.
 *
 * <p>Linux keeps all three per thread, so a test that runs on a thread of its own disturbs nobody, and its namespace
 * goes when the thread and the devices do.
 */
final class Privileges {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int CAPABILITY_VERSION_3 = 0x2008_0522;
    private static final int CAP_NET_ADMIN_BIT = 1 << 12;

    static {
        Native.register(Privileges.class, NativeLibrary.getProcess());
    }

    private Privileges() {}

    private static native int unshare(int flags);

    private static native int capget(long header, long data);

    private static native int capset(long header, long data);

    /** Moves the calling thread to a new network namespace; returns whether the host allows it. */
    static boolean enterFreshNetwork() {
        return unshare(CLONE_NEWNET) == 0;
    }

    /** Takes CAP_NET_ADMIN from the calling thread for good. */
    static void dropNetAdmin() {
        try (Region region = Region.allocate(64)) {
            long header = region.address();
            long data = header + 16;
            Mem.fill(header, region.bytes(), 0); // process id 0: the calling thread
            Mem.putInt(header, CAPABILITY_VERSION_3);
            check(capget(header, data));
            for (int set = 0; set < 3; set++) { // effective, permitted, inheritable of the low 32
                Mem.putInt(data + 4L * set, Mem.getInt(data + 4L * set) & ~CAP_NET_ADMIN_BIT);
            }
            check(capset(header, data));
        }
    }

    private static void check(int status) {
        if (status != 0) {
            throw new IllegalStateException("errno " + Native.getLastError());
        }
    }
}
