package io.demijohn.sim;

import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpOptions;

/**
 * What a simulated host is made of.
 *
 * @param buffers packet buffers of its pool
 * @param sendBytes memory for what its applications wrote
 * @param mtuBytes largest IP packet that it thinks its wire carries
 * @param six whether its address is of IPv6
 * @param tcp TCP's tunables
 * @param options options of its connections
 * @param offload what its device does for the stack
 */
public record HostPlan(
        int buffers, int sendBytes, int mtuBytes, boolean six, TcpConfig tcp, TcpOptions options, Offload offload) {
    /** What a device does for the stack. */
    public enum Offload {
        /** Nothing. */
        NONE,
        /** It makes checksums and vouches for right ones. */
        CHECKSUM,
        /** Besides, it cuts packets into segments and puts segments together. */
        SEGMENTS
    }

    /** Packet buffers unless said otherwise. */
    public static final int BUFFERS = 4096;

    private static final int SEND_BYTES = 4 << 20;
    private static final int MTU_BYTES = 1500;

    /** Returns a host of plenty. */
    public static HostPlan of(TcpConfig tcp) {
        return new HostPlan(BUFFERS, SEND_BYTES, MTU_BYTES, false, tcp, TcpOptions.DEFAULTS, Offload.NONE);
    }

    /** Returns this plan with so many packet buffers. */
    public HostPlan buffers(int count) {
        return new HostPlan(count, sendBytes, mtuBytes, six, tcp, options, offload);
    }

    /** Returns this plan with so much send memory. */
    public HostPlan sendMemory(int bytes) {
        return new HostPlan(buffers, bytes, mtuBytes, six, tcp, options, offload);
    }

    /** Returns this plan with that MTU. */
    public HostPlan mtu(int bytes) {
        return new HostPlan(buffers, sendBytes, bytes, six, tcp, options, offload);
    }

    /** Returns this plan with an address of IPv6, or not; both hosts of a world must agree. */
    public HostPlan six(boolean changed) {
        return new HostPlan(buffers, sendBytes, mtuBytes, changed, tcp, options, offload);
    }

    /** Returns this plan with those options of its connections. */
    public HostPlan options(TcpOptions changed) {
        return new HostPlan(buffers, sendBytes, mtuBytes, six, tcp, changed, offload);
    }

    /** Returns this plan with a device that makes checksums for the stack and vouches for right ones. */
    public HostPlan offloading() {
        return new HostPlan(buffers, sendBytes, mtuBytes, six, tcp, options, Offload.CHECKSUM);
    }

    /** Returns this plan with a device that besides cuts packets into segments and puts segments together. */
    public HostPlan segmenting() {
        return new HostPlan(buffers, sendBytes, mtuBytes, six, tcp, options, Offload.SEGMENTS);
    }
}
