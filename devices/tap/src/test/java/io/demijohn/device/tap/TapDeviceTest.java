package io.demijohn.device.tap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.demijohn.device.Mem;
import io.demijohn.device.NetDevice;
import io.demijohn.device.PacketBuffer;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Frames between a tap device and this host's kernel, in a namespace of the test's own. */
final class TapDeviceTest {
    private static final String URI = "tap:dj0";
    private static final int OURS = 0x0a4d_0002;
    private static final int KERNEL = 0x0a4d_0001;
    private static final int UDP_PROTOCOL = 17;

    /** A test's body over an open device whose kernel side has 10.77.0.1/24. */
    interface DeviceBody {
        void run(NetDevice device, Frames frames) throws Exception;
    }

    @Test
    void arpAndEchoRequests_kernel_answersOurStation() throws Exception {
        overDevice((device, frames) -> {
            long kernelMac = learnKernelMac(device, frames);
            assertNotEquals(kernelMac, device.macAddress());
            byte[] sent = Frames.echoRequest(kernelMac, device.macAddress(), OURS, KERNEL, 1000);
            assertEquals(1, frames.send(sent));
            byte[] reply = frames.expect(at -> Mem.getU16Be(at + Frames.TYPE) == Frames.IPV4_TYPE
                    && Mem.getU8(at + Frames.IP + 9) == 1
                    && Mem.getU8(at + Frames.IP + 20) == 0);
            assertArrayEquals(
                    Arrays.copyOfRange(sent, Frames.IP + 24, sent.length),
                    Arrays.copyOfRange(reply, Frames.IP + 24, reply.length));
            assertEquals(Frames.COUNT, frames.pool.freeCount());
        });
    }

    @Test
    void offloadOff_kernelSendsUdp_carriesAFullChecksum() throws Exception {
        overDevice(URI + "?offload=off", (device, frames) -> {
            learnKernelMac(device, frames);
            InetAddress ours = InetAddress.getByAddress(new byte[] {10, 77, 0, 2});
            try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByAddress(new byte[] {10, 77, 0, 1}))) {
                socket.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, ours, 9));
            }
            byte[] frame = frames.expect(at -> Mem.getU16Be(at + Frames.TYPE) == Frames.IPV4_TYPE
                    && Mem.getU8(at + Frames.IP + 9) == UDP_PROTOCOL);
            int pseudo = Frames.checksum(ByteBuffer.wrap(frame), Frames.IP + 12, 8, UDP_PROTOCOL + 11) ^ 0xffff;
            assertEquals(0, Frames.checksum(ByteBuffer.wrap(frame), Frames.IP + 20, 11, pseudo));
        });
    }

    @Test
    @Tag("proves:offload-checksum")
    void kernelSendsUdp_offload_comesUnfinishedAndVouchedFor() throws Exception {
        overDevice((device, frames) -> {
            learnKernelMac(device, frames);
            InetAddress ours = InetAddress.getByAddress(new byte[] {10, 77, 0, 2});
            try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByAddress(new byte[] {10, 77, 0, 1}))) {
                socket.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, ours, 9));
            }
            byte[] frame = frames.expectVerified(at -> Mem.getU16Be(at + Frames.TYPE) == Frames.IPV4_TYPE
                    && Mem.getU8(at + Frames.IP + 9) == UDP_PROTOCOL);
            int pseudo = Frames.checksum(ByteBuffer.wrap(frame), Frames.IP + 12, 8, UDP_PROTOCOL + 11) ^ 0xffff;
            assertEquals(
                    pseudo, ByteBuffer.wrap(frame).getShort(Frames.IP + 26) & 0xffff, "the sum of the pseudo header");
        });
    }

    @Test
    @Tag("proves:offload-checksum")
    void pseudoHeaderSumAlone_sentWithTheWish_kernelTakesIt_andDropsItWithout() throws Exception {
        overDevice((device, frames) -> {
            long kernelMac = learnKernelMac(device, frames);
            try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByAddress(new byte[] {10, 77, 0, 1}))) {
                socket.setSoTimeout(20_000);
                int port = socket.getLocalPort();
                assertEquals(1, frames.send(datagram(kernelMac, device.macAddress(), port, 1)));
                byte[] wish = datagram(kernelMac, device.macAddress(), port, 2);
                assertEquals(1, frames.send(wish, Frames.IP + 20, 6));
                DatagramPacket packet = new DatagramPacket(new byte[8], 8);
                socket.receive(packet);
                assertEquals(2, packet.getData()[0], "the one whose checksum nobody was to make is wrong");
                assertEquals(Frames.COUNT, frames.pool.freeCount());
            }
        });
    }

    /** Returns a UDP frame of one byte whose checksum field holds the sum of the pseudo header. */
    private static byte[] datagram(long toMac, long fromMac, int port, int content) {
        ByteBuffer frame = ByteBuffer.wrap(Frames.echoRequest(toMac, fromMac, OURS, KERNEL, 1));
        frame.put(Frames.IP + 9, (byte) UDP_PROTOCOL).putShort(Frames.IP + 10, (short) 0);
        frame.putShort(Frames.IP + 10, (short) Frames.checksum(frame, Frames.IP, 20, 0));
        frame.putShort(Frames.IP + 20, (short) 9).putShort(Frames.IP + 22, (short) port);
        frame.putShort(Frames.IP + 24, (short) 9);
        int pseudo = Frames.checksum(frame, Frames.IP + 12, 8, UDP_PROTOCOL + 9) ^ 0xffff;
        frame.putShort(Frames.IP + 26, (short) pseudo).put(Frames.IP + 28, (byte) content);
        return frame.array();
    }

    @Test
    void poolEmpty_receive_leavesFramesToTheKernel() throws Exception {
        overDevice((device, frames) -> {
            long kernelMac = learnKernelMac(device, frames);
            PacketBuffer[] held = new PacketBuffer[Frames.COUNT];
            assertEquals(1, frames.send(Frames.echoRequest(kernelMac, device.macAddress(), OURS, KERNEL, 10)));
            for (int index = 0; index < held.length; index++) {
                held[index] = Objects.requireNonNull(frames.pool.acquire());
            }
            assertEquals(0, device.receive(new PacketBuffer[4], 4, frames.pool));
            for (PacketBuffer buffer : held) {
                buffer.release();
            }
            frames.expect(at -> Mem.getU16Be(at + Frames.TYPE) == Frames.IPV4_TYPE);
        });
    }

    @Test
    void idlePolls_device_allocateNothing() throws Exception {
        overDevice((device, frames) -> {
            long kernelMac = learnKernelMac(device, frames);
            PacketBuffer[] batch = new PacketBuffer[8];
            byte[] request = Frames.echoRequest(kernelMac, device.macAddress(), OURS, KERNEL, 64);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            echo(device, frames, batch, request, 5_000);
            long before = threads.getCurrentThreadAllocatedBytes();
            echo(device, frames, batch, request, 5_000);
            long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocatedBytes < 2_000, "allocated " + allocatedBytes + " bytes over 5000 rounds");
        });
    }

    @Test
    void interfaceDeleted_device_isGone() throws Exception {
        overDevice((device, frames) -> {
            OwnNetwork.ip("link", "del", "dj0");
            device.awaitInterrupt(TimeUnit.SECONDS.toNanos(30));
            assertEquals(NetDevice.GONE, device.receive(new PacketBuffer[1], 1, frames.pool));
            assertEquals(NetDevice.GONE, frames.send(Frames.arpRequest(device.macAddress(), OURS, KERNEL)));
            assertEquals(Frames.COUNT, frames.pool.freeCount());
        });
    }

    @Test
    void linkDown_framesSent_areDroppedAndCounted_andFlowAgainWhenUp() throws Exception {
        overDevice((device, frames) -> {
            OwnNetwork.ip("link", "set", "dj0", "down"); // from here on no frames of the kernel's own
            frames.drain();
            assertEquals(1, frames.send(Frames.arpRequest(device.macAddress(), OURS, KERNEL)));
            assertEquals(1, device.dropped());
            assertEquals(0, device.receive(new PacketBuffer[1], 1, frames.pool));
            OwnNetwork.ip("link", "set", "dj0", "up");
            learnKernelMac(device, frames);
        });
    }

    @Test
    void asleep_wakeup_returnsAndCountsOnce() throws Exception {
        overDevice((device, frames) -> {
            OwnNetwork.ip("link", "set", "dj0", "down"); // from here on no frames of the kernel's own
            frames.drain();
            Thread waker = new Thread(device::wakeup, "waker");
            waker.start();
            device.awaitInterrupt(Long.MAX_VALUE);
            waker.join();
            long begun = System.nanoTime();
            device.awaitInterrupt(2_000_000);
            assertTrue(System.nanoTime() - begun >= 2_000_000, "slept its time: the wakeup was used up");
        });
    }

    @Test
    void asleep_close_waitsForTheSleeper() throws Exception {
        OwnNetwork.run(() -> {
            NetDevice device = OwnNetwork.open(URI);
            Thread sleeper = new Thread(() -> device.awaitInterrupt(Long.MAX_VALUE), "sleeper");
            sleeper.start();
            device.close();
            sleeper.join();
            device.close();
            device.wakeup();
            device.awaitInterrupt(Long.MAX_VALUE);
        });
    }

    private static void overDevice(DeviceBody body) throws Exception {
        overDevice(URI, body);
    }

    private static void overDevice(String uri, DeviceBody body) throws Exception {
        OwnNetwork.run(() -> {
            try (NetDevice device = OwnNetwork.open(uri);
                    Frames frames = new Frames(device)) {
                assertEquals(1500, device.mtuBytes());
                OwnNetwork.ip("addr", "add", "10.77.0.1/24", "dev", "dj0");
                body.run(device, frames);
            }
        });
    }

    /** Asks for the kernel's station by ARP, which tells it ours, and returns it. */
    private static long learnKernelMac(NetDevice device, Frames frames) {
        assertEquals(1, frames.send(Frames.arpRequest(device.macAddress(), OURS, KERNEL)));
        byte[] reply = frames.expect(at -> Mem.getU16Be(at + Frames.TYPE) == Frames.ARP_TYPE
                && Mem.getU16Be(at + Frames.IP + 6) == 2
                && Mem.getLongBe(at) >>> Short.SIZE == device.macAddress());
        return ByteBuffer.wrap(reply).getLong(6) >>> Short.SIZE;
    }

    private static void echo(NetDevice device, Frames frames, PacketBuffer[] batch, byte[] request, int rounds) {
        for (int round = 0; round < rounds; round++) {
            if (frames.send(request) != 1) {
                throw new AssertionError("round " + round);
            }
            int count = device.receive(batch, batch.length, frames.pool);
            for (int index = 0; index < count; index++) {
                batch[index].release();
            }
            device.awaitInterrupt(0);
        }
    }
}
