package io.demijohn.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.udp.UdpSocket;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class AllocationTest {
    private static final int PACKETS = 20_000;

    @Test
    void manyPacketsInAndOut_allocateNothing() {
        try (TestHost host = new TestHost()) {
            host.introducePeer();
            UdpSocket socket = Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, 2000, false, 1 << 16));
            byte[] datagram = Frames.ip(17, Frames.udp(1000, 2000, new byte[64], true));
            byte[] echo = Frames.ip(1, Frames.icmp(8, 0, 1, new byte[64]));
            byte[] segment = Frames.ip(6, new byte[20]);
            byte[] arp = Frames.arp(1, Frames.PEER_MAC, Frames.PEER_IP, 0, Frames.OUR_IP);
            ByteBuffer payload = ByteBuffer.allocateDirect(100);
            PacketBuffer[] out = new PacketBuffer[64];
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = 0;
            for (int round = 0; round < 4; round++) { // the first ones warm up
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int index = 0; index < PACKETS; index++) {
                    host.deliver(datagram);
                    host.deliver(echo);
                    host.deliver(segment);
                    host.deliver(arp);
                    Objects.requireNonNull(socket.poll()).release();
                    host.stack.udp().nextTouched();
                    payload.clear();
                    host.stack.udp().send(socket, 0, IpAddress.lowOfIpv4(Frames.PEER_IP), 53, payload, host.nowNanos);
                    host.elapse(1_000_000);
                    int count = host.stack.drainTransmit(out, out.length);
                    for (int frame = 0; frame < count; frame++) {
                        Mem.getU8(out[frame].address());
                        out[frame].release();
                    }
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertTrue(allocated < 1024, allocated + " bytes for " + 5 * PACKETS + " packets");
            host.stack.udp().close(socket, host.nowNanos);
            assertEquals(host.pool.count(), host.pool.freeCount());
        }
    }

    @Test
    void manyIpv6PacketsInAndOut_allocateNothing() {
        try (TestHost host = TestHost.dualStack()) {
            host.introducePeer6();
            UdpSocket socket = Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, 2000, false, 1 << 16));
            byte[] ours = Frames6.ours();
            byte[] peer = Frames6.peer();
            IpAddress them = Frames6.ip("fd77::1");
            byte[][] frames = {
                Frames6.frame(peer, ours, 17, 64, Frames6.udp(peer, ours, 1000, 2000, new byte[64])),
                Frames6.icmpFrame(peer, ours, 64, 128, 0, 1, new byte[64]),
                Frames6.frame(peer, ours, 6, 64, Frames6.tcp(peer, ours, 1, 2, 3, 4, 0x10)),
                Frames6.solicitation(peer, ours, ours, Frames.PEER_MAC),
                Frames6.advertisement(peer, ours, 0x6000_0000, peer, Frames.PEER_MAC),
                Frames6.frame(peer, ours, 200, 64, new byte[8]),
            };
            ByteBuffer payload = ByteBuffer.allocateDirect(100);
            PacketBuffer[] out = new PacketBuffer[64];
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = 0;
            for (int round = 0; round < 4; round++) { // the first ones warm up
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int index = 0; index < PACKETS; index++) {
                    for (byte[] frame : frames) {
                        host.deliver(frame);
                    }
                    Objects.requireNonNull(socket.poll()).release();
                    host.stack.udp().nextTouched();
                    payload.clear();
                    host.stack.udp().send(socket, them.high(), them.low(), 53, payload, host.nowNanos);
                    host.elapse(1_000_000);
                    int count = host.stack.drainTransmit(out, out.length);
                    for (int frame = 0; frame < count; frame++) {
                        out[frame].release();
                    }
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertTrue(allocated < 1024, allocated + " bytes for " + 7 * PACKETS + " packets");
            assertTrue(host.counters().icmpEchoReplies > 0 && host.counters().neighbourAdvertisementsSent > 0);
            host.stack.udp().close(socket, host.nowNanos);
            assertEquals(host.pool.count(), host.pool.freeCount());
        }
    }
}
