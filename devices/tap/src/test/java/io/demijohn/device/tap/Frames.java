package io.demijohn.device.tap;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.BufferPool;
import io.demijohn.device.Mem;
import io.demijohn.device.NetDevice;
import io.demijohn.device.PacketBuffer;
import io.demijohn.device.Region;
import java.nio.ByteBuffer;
import java.util.function.LongPredicate;

/** Raw frames to and from a device, with a pool of their own. */
final class Frames implements AutoCloseable {
    static final int COUNT = 64;

    /** EtherType, sender of an ARP, start of the IPv4 header. */
    static final int TYPE = 12;

    static final int IP = 14;
    static final int ARP_TYPE = 0x0806;
    static final int IPV4_TYPE = 0x0800;
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final long WAIT_NANOS = 100_000_000L;

    final Region region = Region.allocate(COUNT * 2048L);
    final BufferPool pool = new BufferPool(region, 2048);
    private final NetDevice device;
    private final PacketBuffer[] batch = new PacketBuffer[COUNT];

    Frames(NetDevice device) {
        this.device = device;
    }

    /** Sends a copy of {@code frame} and returns the device's answer. */
    int send(byte[] frame) {
        return send(frame, 0, 0);
    }

    /** Sends a copy of {@code frame}, its checksum from {@code start} on left to the device if that is not 0. */
    int send(byte[] frame, int start, int field) {
        PacketBuffer buffer = pool.acquire();
        assertNotNull(buffer);
        Mem.copyIn(frame, 0, buffer.append(frame.length), frame.length);
        if (start > 0) {
            buffer.wantChecksum(start, field);
        }
        batch[0] = buffer;
        int taken = device.transmit(batch, 0, 1);
        if (taken != 1) {
            buffer.release();
        }
        return taken;
    }

    /** Returns the first frame from the kernel whose address satisfies {@code wanted}; frees the others. */
    byte[] expect(LongPredicate wanted) {
        return expect(wanted, false);
    }

    /** Returns the first frame that satisfies {@code wanted}, for whose checksum the device must vouch. */
    byte[] expectVerified(LongPredicate wanted) {
        return expect(wanted, true);
    }

    private byte[] expect(LongPredicate wanted, boolean verified) {
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        byte[] found = new byte[0];
        while (found.length == 0) {
            assertTrue(deadlineNanos - System.nanoTime() > 0, "no such frame came");
            int count = device.receive(batch, COUNT, pool);
            assertTrue(count >= 0, "the device is gone");
            for (int index = 0; index < count; index++) {
                PacketBuffer buffer = batch[index];
                if (found.length == 0 && wanted.test(buffer.address())) {
                    assertTrue(buffer.checksumVerified() || !verified, "the device vouches for its checksum");
                    found = new byte[buffer.length()];
                    Mem.copyOut(buffer.address(), found, 0, found.length);
                }
                buffer.release();
            }
            if (count == 0) {
                device.awaitInterrupt(WAIT_NANOS);
            }
        }
        return found;
    }

    /** Receives and frees what waits. */
    void drain() {
        int count = device.receive(batch, COUNT, pool);
        while (count > 0) {
            for (int index = 0; index < count; index++) {
                batch[index].release();
            }
            count = device.receive(batch, COUNT, pool);
        }
    }

    @Override
    public void close() {
        region.close();
    }

    /** Returns an ARP request of {@code senderMac} and {@code senderIp} for {@code targetIp}. */
    static byte[] arpRequest(long senderMac, int senderIp, int targetIp) {
        ByteBuffer frame = ByteBuffer.allocate(42);
        ethernet(frame, 0xffff_ffff_ffffL, senderMac, ARP_TYPE);
        frame.putShort((short) 1).putShort((short) IPV4_TYPE).put((byte) 6).put((byte) 4);
        frame.putShort((short) 1);
        mac(frame, senderMac);
        frame.putInt(senderIp);
        mac(frame, 0);
        frame.putInt(targetIp);
        return frame.array();
    }

    /** Returns an ICMP echo request with {@code bytes} of data. */
    static byte[] echoRequest(long toMac, long fromMac, int fromIp, int toIp, int bytes) {
        ByteBuffer frame = ByteBuffer.allocate(IP + 28 + bytes);
        ethernet(frame, toMac, fromMac, IPV4_TYPE);
        frame.putShort((short) 0x4500).putShort((short) (28 + bytes)).putInt(0);
        frame.putInt(0x4001_0000).putInt(fromIp).putInt(toIp);
        frame.putShort(IP + 10, (short) checksum(frame, IP, 20, 0));
        frame.putInt(0x0800_0000).putInt(0x1234_0001);
        while (frame.hasRemaining()) {
            frame.put((byte) frame.position());
        }
        frame.putShort(IP + 22, (short) checksum(frame, IP + 20, 8 + bytes, 0));
        return frame.array();
    }

    /** RFC 1071 over {@code bytes} from {@code offset}, begun with {@code initial}; 0 if a checksum inside is right. */
    static int checksum(ByteBuffer frame, int offset, int bytes, int initial) {
        long sum = initial;
        for (int index = 0; index < bytes; index++) {
            int value = frame.get(offset + index) & 0xff;
            sum += (index & 1) == 0 ? value << 8 : value;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    private static void ethernet(ByteBuffer frame, long to, long from, int type) {
        mac(frame, to);
        mac(frame, from);
        frame.putShort((short) type);
    }

    private static void mac(ByteBuffer frame, long mac) {
        frame.putShort((short) (mac >>> 32)).putInt((int) mac);
    }
}
