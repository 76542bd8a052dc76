package io.demijohn.device.tap;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The system calls of this driver, through JNA's direct mapping: integers and addresses only, so that a call allocates
 * nothing.
 *
 * <p>Any thread. The constants are those of Linux on x86-64 and aarch64. A negative result is a failure whose cause
 * {@link #errno} tells on the same thread until its next call.
 */
final class Libc {
    static final int O_RDWR = 0x2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int EFD_FLAGS = O_NONBLOCK | O_CLOEXEC;
    static final int AF_INET = 2;
    static final int SOCK_DGRAM_CLOEXEC = 2 | O_CLOEXEC;
    static final int POLLIN = 0x1;

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EFAULT = 14;
    static final int EBUSY = 16;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int EBADFD = 77;

    static {
        Native.register(Libc.class, NativeLibrary.getProcess());
    }

    private Libc() {}

    static native int open(String path, int flags);

    static native int close(int fd);

    static native int ioctl(int fd, long request, long address);

    static native long read(int fd, long address, long bytes);

    static native long write(int fd, long address, long bytes);

    /** Takes the address of an array of {@code count} {@code struct iovec}: address and length, eight bytes each. */
    static native long readv(int fd, long vectors, int count);

    /** Takes the same as {@link #readv}. */
    static native long writev(int fd, long vectors, int count);

    static native int socket(int domain, int type, int protocol);

    static native int eventfd(int initial, int flags);

    /** Takes the addresses of an array of {@code struct pollfd}, of a {@code struct timespec} or 0, and of a mask or 0. */
    static native int ppoll(long descriptors, long count, long timeout, long signalMask);

    /** Returns the cause of this thread's last failed call. */
    static int errno() {
        return Native.getLastError();
    }
}
