package io.demijohn.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.ip.Routes;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IpAddressTest {
    private static final IpAddress US = IpAddress.ofIpv4(Frames.OUR_IP);

    @Test
    void bytes_ofBothFamilies_roundTrip() {
        byte[] four = {10, 77, 0, (byte) 200};
        byte[] sixteen = {0x20, 1, 13, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        assertArrayEquals(four, IpAddress.ofBytes(four).toBytes());
        assertArrayEquals(sixteen, IpAddress.ofBytes(sixteen).toBytes());
        assertEquals("10.77.0.200", IpAddress.ofBytes(four).toString());
        assertEquals("2001:db8:0:0:0:0:0:1", IpAddress.ofBytes(sixteen).toString());
        assertThrows(IllegalArgumentException.class, () -> IpAddress.ofBytes(new byte[5]));
    }

    @Test
    void unspecified_ofBothFamilies_isOneValue() {
        assertEquals(IpAddress.ANY, IpAddress.ofBytes(new byte[4]));
        assertEquals(IpAddress.ANY, IpAddress.ofBytes(new byte[16]));
        assertTrue(IpAddress.ofIpv4(0).isAny());
    }

    @Test
    void network_prefixLengths_containWhatTheyShould() {
        for (int length = 0; length <= 32; length++) {
            LocalNetwork network = new LocalNetwork(US, length, false);
            int lastIn = length == 0 ? -1 : Frames.OUR_IP | (int) (0xffff_ffffL >>> length);
            assertTrue(network.contains(0, IpAddress.lowOfIpv4(lastIn)), "/" + length);
            if (length > 0) {
                assertFalse(
                        network.contains(0, IpAddress.lowOfIpv4(Frames.OUR_IP ^ (1 << (32 - length)))), "/" + length);
            }
        }
        LocalNetwork six = new LocalNetwork(new IpAddress(0x2001_0db8_0000_0000L, 1), 64, false);
        assertTrue(six.contains(0x2001_0db8_0000_0000L, -1));
        assertFalse(six.contains(0x2001_0db8_0000_0001L, 1));
        assertFalse(six.contains(0, US.low()));
        assertThrows(IllegalArgumentException.class, () -> new LocalNetwork(US, 33, false));
    }

    @Test
    void routes_onLinkGatewayAndLocal_areTold() {
        IpAddress gateway = IpAddress.ofIpv4(0x0A4D00FE);
        Routes routes = new Routes(List.of(new LocalNetwork(US, 24, false)), gateway);
        assertTrue(routes.isLocal(0, US.low()));
        long neighbour = IpAddress.lowOfIpv4(Frames.PEER_IP);
        long remote = IpAddress.lowOfIpv4(0x08080808);
        assertEquals(neighbour, routes.nextHopLow(0, neighbour));
        assertEquals(gateway.low(), routes.nextHopLow(0, remote));
        assertEquals(US, routes.sourceFor(0, remote));
        assertTrue(routes.reaches(0, remote));
        assertFalse(routes.reaches(0, IpAddress.lowOfIpv4(0x0A4D00FF)));
        assertFalse(routes.reaches(0, IpAddress.lowOfIpv4(0xE0000001)));
        assertFalse(routes.reaches(0, IpAddress.ANY.low()));
        assertFalse(new Routes(List.of(new LocalNetwork(US, 24, false)), null).reaches(0, remote));
        assertEquals(IpAddress.ANY, routes.sourceFor(0x2001_0db8_0000_0000L, 1));
    }

    @Test
    void loopPrefix_wholeNet_isLocal() {
        IpAddress loop = IpAddress.ofIpv4(0x7F000001);
        Routes routes = new Routes(List.of(new LocalNetwork(loop, 8, true)), null);
        long other = IpAddress.lowOfIpv4(0x7FFFFFFF);
        assertTrue(routes.isLocal(0, other));
        assertFalse(routes.isGroup(0, other));
        assertEquals(loop, routes.sourceFor(0, IpAddress.lowOfIpv4(0x7F000005)));
    }
}
