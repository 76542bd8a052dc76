package io.demijohn.linux.host;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One of the kernel's TCP sockets, non-blocking, by its system calls alone: each answers with the kernel's own errno, negative,
 * and does nothing on the side.
 *
 * <p>Used by one thread; made in the namespace of the thread that makes it.
 *
 * <pre>
 *   struct sockaddr_in
 *   0        2          4               8          16
 *    | family | port, be | address, be   | zero     |
 * </pre>
 */
public final class RawSocket implements AutoCloseable {
    public static final int EAGAIN = 11;
    public static final int EINPROGRESS = 115;
    public static final int EPIPE = 32;
    public static final int ENETUNREACH = 101;
    public static final int ECONNRESET = 104;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTUNREACH = 113;

    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int FLAGS = Libc.O_NONBLOCK | Libc.O_CLOEXEC;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_ERROR = 4;
    private static final int SO_OOBINLINE = 10;
    private static final int SO_LINGER = 13;
    private static final int TCP_NODELAY = 1;
    private static final int SHUT_WR = 1;
    private static final int MSG_OOB = 0x1;
    private static final int MSG_PEEK = 0x2;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final long FIONREAD = 0x541B;
    private static final int ADDRESS_BYTES = 16;
    private static final int PIECE_BYTES = 65_536;

    private final int fd;
    private final int remotePort;
    private final Region scratch = Region.allocate(PIECE_BYTES);

    private RawSocket(int fd, int remotePort) {
        this.fd = fd;
        this.remotePort = remotePort;
    }

    /** Makes a socket that uses {@code congestionControl}. */
    public static RawSocket open(String congestionControl) {
        RawSocket socket = new RawSocket(Libc.checked(Libc.socket(AF_INET, SOCK_STREAM | FLAGS, 0), "socket"), 0);
        byte[] name = congestionControl.getBytes(StandardCharsets.US_ASCII);
        Mem.copyIn(name, 0, socket.scratch.address(), name.length);
        Libc.checked(
                Libc.setsockopt(
                        socket.fd, Libc.IPPROTO_TCP, Libc.TCP_CONGESTION, socket.scratch.address(), name.length),
                "congestion control " + congestionControl);
        return socket;
    }

    /** Listens on a local address; fails if the kernel does not let it. */
    public void listen(int ip, int port, int backlog) {
        setOption(SOL_SOCKET, SO_REUSEADDR, 1);
        Libc.checked(Libc.bind(fd, address(ip, port), ADDRESS_BYTES), "bind");
        Libc.checked(Libc.listen(fd, backlog), "listen");
    }

    /** Begins to connect. */
    public int connect(int ip, int port) {
        return result(Libc.connect(fd, address(ip, port), ADDRESS_BYTES));
    }

    /** Returns the next connection, or null if there is none. */
    public @Nullable RawSocket accept() {
        int accepted = Libc.accept4(fd, scratch.address(), length(), FLAGS);
        return accepted < 0 ? null : new RawSocket(accepted, Mem.getU16Be(scratch.address() + 2));
    }

    public int localPort() {
        return result(Libc.getsockname(fd, scratch.address(), length())) < 0 ? 0 : Mem.getU16Be(scratch.address() + 2);
    }

    /** Returns the peer's port of a connection that was accepted, though it may be gone by now. */
    public int remotePort() {
        return remotePort;
    }

    /** Sends at most 65536 bytes; returns the count or an errno. */
    public int send(byte[] source, int offset, int length) {
        Mem.copyIn(source, offset, scratch.address(), length);
        return result(Libc.send(fd, scratch.address(), length, MSG_NOSIGNAL));
    }

    /** Sends one byte of urgent data; returns 1 or an errno. */
    public int sendUrgent(byte octet) {
        Mem.putU8(scratch.address(), octet);
        return result(Libc.send(fd, scratch.address(), 1, MSG_NOSIGNAL | MSG_OOB));
    }

    /** Receives at most 65536 bytes; returns the count, 0 at the end, or an errno. */
    public int receive(byte[] target, int offset, int length) {
        int count = result(Libc.recv(fd, scratch.address(), Math.min(length, PIECE_BYTES), 0));
        if (count > 0) {
            Mem.copyOut(scratch.address(), target, offset, count);
        }
        return count;
    }

    /** Looks at the next byte and leaves it: 1 if there is one, 0 at the end, or an errno, which the kernel then forgets. */
    public int peek() {
        return result(Libc.recv(fd, scratch.address(), 1, MSG_PEEK));
    }

    /** Returns how many bytes wait. */
    public int available() {
        return Libc.ioctl(fd, FIONREAD, scratch.address()) < 0 ? 0 : Mem.getInt(scratch.address());
    }

    /** Returns the pending error, 0 for none; the kernel then forgets it. */
    public int takeError() {
        Mem.putInt(scratch.address() + ADDRESS_BYTES, Integer.BYTES);
        Libc.checked(
                Libc.getsockopt(fd, SOL_SOCKET, SO_ERROR, scratch.address(), scratch.address() + ADDRESS_BYTES),
                "SO_ERROR");
        return Mem.getInt(scratch.address());
    }

    public void setNoDelay() {
        setOption(Libc.IPPROTO_TCP, TCP_NODELAY, 1);
    }

    /** Reads urgent data in its place (SO_OOBINLINE). */
    public void setUrgentInline() {
        setOption(SOL_SOCKET, SO_OOBINLINE, 1);
    }

    public int shutdownOutput() {
        return result(Libc.shutdown(fd, SHUT_WR));
    }

    /** Closes with SO_LINGER 0: a reset. */
    public void abort() {
        Mem.putInt(scratch.address(), 1);
        Mem.putInt(scratch.address() + Integer.BYTES, 0);
        Libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, scratch.address(), 2 * Integer.BYTES);
        close();
    }

    @Override
    public void close() {
        Libc.close(fd);
        scratch.close();
    }

    private void setOption(int level, int option, int value) {
        Mem.putInt(scratch.address(), value);
        Libc.checked(Libc.setsockopt(fd, level, option, scratch.address(), Integer.BYTES), "setsockopt");
    }

    private long address(int ip, int port) {
        long at = scratch.address();
        Mem.fill(at, ADDRESS_BYTES, 0);
        Mem.putU16(at, AF_INET);
        Mem.putU16Be(at + 2, port);
        Mem.putIntBe(at + 4, ip);
        return at;
    }

    /** Puts the length of an address behind it and returns where. */
    private long length() {
        Mem.putInt(scratch.address() + ADDRESS_BYTES, ADDRESS_BYTES);
        return scratch.address() + ADDRESS_BYTES;
    }

    private static int result(long returned) {
        return (int) (returned < 0 ? -Libc.errno() : returned);
    }
}
