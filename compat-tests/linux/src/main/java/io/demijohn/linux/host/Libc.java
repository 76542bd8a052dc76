package io.demijohn.linux.host;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.demijohn.device.Mem;
import io.demijohn.device.Region;

/**
 * The system calls of these tests, through JNA's direct mapping: integers and addresses only.
 *
 * <p>Any thread. The constants are those of Linux on x86-64 and aarch64. A negative result is a failure whose cause
 * {@link #errno} tells on the same thread until its next call.
 */
public final class Libc {
    public static final int POLLIN = 0x1;

    static final int O_RDWR = 0x2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int CLONE_NEWNET = 0x4000_0000;
    static final long TUNSETIFF = 0x400454caL;
    static final int IFF_TAP_NO_PI = 0x1002;
    static final int IPPROTO_TCP = 6;
    static final int TCP_CONGESTION = 13;

    private static final int EFD_FLAGS = O_NONBLOCK | O_CLOEXEC;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int SCHED_FIFO = 1;
    private static final int SCHED_RESET_ON_FORK = 0x4000_0000;

    static {
        Native.register(Libc.class, NativeLibrary.getProcess());
    }

    private Libc() {}

    static native int open(String path, int flags);

    public static native int close(int fd);

    public static native long read(int fd, long address, long bytes);

    public static native long write(int fd, long address, long bytes);

    /** Takes the addresses of an array of {@code struct pollfd}, of a {@code struct timespec} or 0, and of a mask or 0. */
    public static native int ppoll(long descriptors, long count, long timeout, long signalMask);

    static native int ioctl(int fd, long request, long address);

    static native int unshare(int flags);

    static native int setsockopt(int fd, int level, int option, long value, int bytes);

    static native int getsockopt(int fd, int level, int option, long value, long bytes);

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, long address, int bytes);

    static native int connect(int fd, long address, int bytes);

    static native int listen(int fd, int backlog);

    static native int accept4(int fd, long address, long bytes, int flags);

    static native int getsockname(int fd, long address, long bytes);

    static native int shutdown(int fd, int how);

    static native long send(int fd, long address, long bytes, int flags);

    static native long recv(int fd, long address, long bytes, int flags);

    private static native int eventfd(int initial, int flags);

    private static native int sched_setscheduler(int pid, int policy, long parameter);

    private static native int prctl(int option, long value, long zero2, long zero3, long zero4);

    /** Returns a non-blocking eventfd. */
    public static int openEvent() {
        return checked(eventfd(0, EFD_FLAGS), "eventfd");
    }

    /** Makes the calling thread's timed sleeps end when they should instead of up to 50 us later. */
    public static void setPreciseSleep() {
        checked(prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0), "prctl(PR_SET_TIMERSLACK)");
    }

    /**
     * Lets the calling thread run before all ordinary ones, so that its times are true on a busy host; does nothing where the
     * host forbids it. Its children are ordinary again.
     */
    public static void setRealTime() {
        try (Region parameter = Region.allocate(Integer.BYTES)) {
            Mem.putInt(parameter.address(), 1);
            sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, parameter.address());
        }
    }

    /** Returns the cause of this thread's last failed call. */
    public static int errno() {
        return Native.getLastError();
    }

    static int checked(int result, String call) {
        if (result < 0) {
            throw new IllegalStateException(call + ": errno " + errno());
        }
        return result;
    }
}
