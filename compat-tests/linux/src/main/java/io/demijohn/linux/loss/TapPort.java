package io.demijohn.linux.loss;

import io.demijohn.linux.host.Libc;
import io.demijohn.linux.host.Namespace;

/** The kernel's plug: a tap interface in a namespace. Takes the namespace's descriptor and closes it. */
final class TapPort implements Port {
    private final Namespace namespace;
    private final String name;
    private final int fd;

    TapPort(Namespace namespace, String name, String prefix) {
        this.namespace = namespace;
        this.name = name;
        this.fd = namespace.openTap(name, prefix);
    }

    @Override
    public int receive(long address, int max) {
        return (int) Math.max(Libc.read(fd, address, max), 0);
    }

    @Override
    public boolean transmit(long address, int bytes) {
        return Libc.write(fd, address, bytes) == bytes;
    }

    @Override
    public int descriptor() {
        return fd;
    }

    /** Always true: the descriptor itself says whether a frame waits. */
    @Override
    public boolean arm() {
        return true;
    }

    @Override
    public void disarm() {}

    @Override
    public long dropped() {
        return namespace.transmitDropped(name);
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
