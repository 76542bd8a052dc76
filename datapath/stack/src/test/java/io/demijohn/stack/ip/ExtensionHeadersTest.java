package io.demijohn.stack.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.Mem;
import io.demijohn.device.Region;
import io.demijohn.stack.Frames6;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("proves:rfc8200")
final class ExtensionHeadersTest {
    private static final int UDP = 17;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int NOTHING = 59;
    private static final int OPTIONS = 60;

    private final Region region = Region.allocate(2048);
    private final ExtensionHeaders headers = new ExtensionHeaders();

    @AfterEach
    void free() {
        region.close();
    }

    @Test
    void noExtensions_transportFollowsTheHeader() {
        assertEquals(ExtensionHeaders.TRANSPORT, walk(UDP));
        assertEquals(40, headers.offset());
        assertEquals(UDP, headers.protocol());
    }

    @Test
    void knownHeaders_areSkipped() {
        byte[] routed = {UDP, 0, 4, 0, 0, 0, 0, 0}; // no segments left
        assertEquals(
                ExtensionHeaders.TRANSPORT,
                walk(0, options(OPTIONS, 1, 4, 0, 0, 0, 0), options(ROUTING, 0, 0, 5, 2, 0, 0), routed));
        assertEquals(64, headers.offset());
        assertEquals(UDP, headers.protocol());
    }

    @Test
    void wholePacketWithFragmentHeader_isNoFragment() {
        assertEquals(ExtensionHeaders.TRANSPORT, walk(FRAGMENT, new byte[] {UDP, 0, 0, 0, 1, 2, 3, 4}));
        assertEquals(48, headers.offset());
    }

    @Test
    void fragment_isFoundBehindOthers() {
        assertEquals(
                ExtensionHeaders.FRAGMENT,
                walk(OPTIONS, options(FRAGMENT, 1, 4, 0, 0, 0, 0), new byte[] {UDP, 0, 0, 1, 1, 2, 3, 4}));
        assertEquals(48, headers.fragmentAt());
        assertEquals(40, headers.namedAt());
    }

    @Test
    void noNextHeader_isEmpty() {
        assertEquals(ExtensionHeaders.EMPTY, walk(NOTHING));
    }

    @Test
    void routingHeaderWithSegmentsLeft_isAProblemAtItsType() {
        assertEquals(ExtensionHeaders.PROBLEM, walk(ROUTING, new byte[] {UDP, 0, 0, 1, 0, 0, 0, 0}));
        assertEquals(0, headers.problemCode());
        assertEquals(42, headers.problemPointer());
    }

    @Test
    void unknownNextHeader_isAProblemWhereItIsNamed() {
        assertEquals(ExtensionHeaders.PROBLEM, walk(200));
        assertEquals(1, headers.problemCode());
        assertEquals(6, headers.problemPointer());
        assertEquals(ExtensionHeaders.PROBLEM, walk(OPTIONS, options(50, 1, 4, 0, 0, 0, 0)));
        assertEquals(40, headers.problemPointer());
    }

    @Test
    void hopByHopBehindAnother_isAProblem() {
        assertEquals(
                ExtensionHeaders.PROBLEM, walk(OPTIONS, options(0, 1, 4, 0, 0, 0, 0), options(UDP, 1, 4, 0, 0, 0, 0)));
        assertEquals(1, headers.problemCode());
        assertEquals(40, headers.problemPointer());
    }

    @Test
    void unknownOptions_doWhatTheirTypeAsks() {
        assertEquals(ExtensionHeaders.TRANSPORT, walk(OPTIONS, options(UDP, 0x1E, 4, 0, 0, 0, 0)));
        assertEquals(ExtensionHeaders.DROP, walk(OPTIONS, options(UDP, 0x5E, 4, 0, 0, 0, 0)));
        assertEquals(ExtensionHeaders.PROBLEM, walk(OPTIONS, options(UDP, 0, 0, 0x9E, 2, 0, 0)));
        assertEquals(2, headers.problemCode());
        assertEquals(44, headers.problemPointer());
        assertEquals(ExtensionHeaders.PROBLEM, walk(OPTIONS, options(UDP, 0xDE, 4, 0, 0, 0, 0)));
        assertEquals(ExtensionHeaders.PROBLEM, walkToGroup(options(UDP, 0x9E, 4, 0, 0, 0, 0)));
        assertEquals(ExtensionHeaders.DROP, walkToGroup(options(UDP, 0xDE, 4, 0, 0, 0, 0)));
    }

    @Test
    void lengthsBeyondThePacket_areDropped() {
        assertEquals(ExtensionHeaders.DROP, walk(OPTIONS, new byte[] {UDP, 1, 1, 4, 0, 0, 0, 0}));
        assertEquals(ExtensionHeaders.DROP, walk(OPTIONS, options(UDP, 1, 5, 0, 0, 0, 0)));
        assertEquals(ExtensionHeaders.DROP, walk(OPTIONS, options(UDP, 1, 3, 0, 0, 0, 0x1E)));
        assertEquals(ExtensionHeaders.DROP, walk(OPTIONS, new byte[7]));
        assertEquals(ExtensionHeaders.DROP, walk(FRAGMENT, new byte[7]));
        assertEquals(ExtensionHeaders.DROP, walk(ROUTING, new byte[3]));
    }

    @Test
    void moreHeadersThanTheBound_areDropped() {
        byte[][] many = new byte[ExtensionHeaders.HEADERS_MAX + 1][];
        for (int index = 0; index < many.length; index++) {
            many[index] = options(index == many.length - 1 ? UDP : OPTIONS, 1, 4, 0, 0, 0, 0);
        }
        assertEquals(ExtensionHeaders.DROP, walk(OPTIONS, many));
    }

    @Test
    void mutatedChains_neverLeadOutside() {
        Random random = new Random(8);
        int transports = 0;
        int[] kinds = {0, 6, 17, 43, 44, 58, 59, 60, 99};
        for (int round = 0; round < 50_000; round++) {
            byte[] payload = new byte[random.nextInt(64)];
            random.nextBytes(payload);
            for (int at = 0; at + 8 <= payload.length; at += 8) {
                payload[at] = (byte) kinds[random.nextInt(kinds.length)];
                payload[at + 1] &= 1;
            }
            int verdict = walk(kinds[random.nextInt(kinds.length)], payload);
            if (verdict == ExtensionHeaders.TRANSPORT) {
                transports++;
                assertTrue(headers.offset() <= 40 + payload.length);
            } else if (verdict == ExtensionHeaders.PROBLEM) {
                assertTrue(headers.problemPointer() < 40 + payload.length);
            }
        }
        assertTrue(transports > 1000, "the mutator finds ways through");
    }

    /** Returns an options header of 8 bytes. */
    private static byte[] options(int next, int... content) {
        byte[] header = new byte[8];
        header[0] = (byte) next;
        for (int index = 0; index < content.length; index++) {
            header[2 + index] = (byte) content[index];
        }
        return header;
    }

    private int walk(int first, byte[]... parts) {
        return walk(false, first, parts);
    }

    private int walkToGroup(byte[] part) {
        return walk(true, OPTIONS, part);
    }

    private int walk(boolean toGroup, int first, byte[]... parts) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            payload.writeBytes(part);
        }
        byte[] packet = Frames6.packet(Frames6.peer(), Frames6.ours(), first, 64, payload.toByteArray());
        Mem.copyIn(packet, 0, region.address(), packet.length);
        return headers.walk(region.address(), packet.length, toGroup);
    }
}
