package io.demijohn.device.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.device.DeviceException;
import io.demijohn.device.NetDevice;
import io.demijohn.device.NetDeviceProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What opening a tap takes, sets and refuses. */
final class TapProviderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"tap:", "tap", "tap:a/b", "tap:sixteencharacter", "tap:..", "tap:tap%d", "tap:a b", "tap:é"})
    void badName_open_saysHowToWriteIt(String uri) {
        String message = failure(uri, 0);
        assertTrue(message.startsWith("net=" + uri + ": write tap:NAME"), message);
    }

    @Test
    void badOffload_open_saysTheValues() {
        assertEquals(
                "net=tap:dj0?offload=maybe: offload=maybe: allowed: on, checksum, off",
                failure("tap:dj0?offload=maybe", 0));
    }

    @Test
    void persistentInterface_openedWithAndWithoutOffload_saysWhatItDoes() throws Exception {
        OwnNetwork.run(() -> {
            OwnNetwork.ip("tuntap", "add", "dev", "dj0", "mode", "tap");
            try (NetDevice device = OwnNetwork.open("tap:dj0?offload=on")) {
                assertTrue(device.capabilities().transmitChecksum());
            }
            try (NetDevice device = OwnNetwork.open("tap:dj0?offload=off")) {
                assertFalse(device.capabilities().transmitChecksum());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 575, 65_522})
    void badMtu_open_saysTheBounds(int mtuBytes) {
        assertEquals(
                "mtu=" + mtuBytes + ": tap:dj0 allows 576 to 65521, or 0 for the interface's own",
                failure("tap:dj0", mtuBytes));
    }

    @Test
    void serviceLoader_schemeTap_isFound() {
        assertTrue(ServiceLoader.load(NetDeviceProvider.class).stream()
                .anyMatch(provider -> provider.get().scheme().equals("tap")));
    }

    @Test
    void stationAddress_isLocalUnicastStableAndNotTheKernels() {
        long kernelMac = 0x0211_2233_4455L;
        long mac = TapOpener.stationMac("dj0", kernelMac);
        assertEquals(mac, TapOpener.stationMac("dj0", kernelMac));
        assertEquals(0x02, (mac >>> 40) & 0x03);
        assertEquals(0, mac >>> 48);
        assertNotEquals(kernelMac, mac);
        assertNotEquals(mac, TapOpener.stationMac("dj1", kernelMac));
        assertNotEquals(mac, TapOpener.stationMac("dj0", kernelMac + 1));
    }

    @Test
    void mtuGiven_open_setsTheInterfaces() throws Exception {
        OwnNetwork.run(() -> {
            try (NetDevice device = new TapProvider().open("tap:dj0", 9000)) {
                assertEquals(9000, device.mtuBytes());
                OwnNetwork.ip("link", "set", "dj0", "mtu", "1400");
            }
        });
    }

    @Test
    void persistentInterface_openedAgain_keepsItsMtuAndOurAddress() throws Exception {
        OwnNetwork.run(() -> {
            OwnNetwork.ip("tuntap", "add", "dev", "dj0", "mode", "tap");
            OwnNetwork.ip("link", "set", "dj0", "mtu", "1400");
            long mac;
            try (NetDevice device = OwnNetwork.open("tap:dj0")) {
                mac = device.macAddress();
                assertEquals(1400, device.mtuBytes());
            }
            try (NetDevice device = OwnNetwork.open("tap:dj0")) {
                assertEquals(mac, device.macAddress());
            }
        });
    }

    @Test
    void interfaceTaken_open_saysSo() throws Exception {
        OwnNetwork.run(() -> {
            try (NetDevice device = OwnNetwork.open("tap:dj0")) {
                assertEquals("tap:dj0", device.uri());
                assertEquals(
                        "net=tap:dj0: dj0 is in use by another process; end it or name another interface",
                        failure("tap:dj0", 0));
            }
        });
    }

    @Test
    void interfaceNoTap_open_saysSo() throws Exception {
        OwnNetwork.run(() -> {
            String message = failure("tap:lo", 0);
            assertTrue(message.startsWith("net=tap:lo: lo exists and is no single-queue tap interface"), message);
        });
    }

    @Test
    void noCapability_open_namesItAndTheRemedy() throws Exception {
        OwnNetwork.run(() -> {
            OwnNetwork.ip("tuntap", "add", "dev", "mine", "mode", "tap", "user", "0");
            OwnNetwork.ip("tuntap", "add", "dev", "theirs", "mode", "tap", "user", "65534");
            Privileges.dropNetAdmin();
            assertEquals(
                    "net=tap:dj0: there is no dj0 and creating it takes CAP_NET_ADMIN; as root run"
                            + " \"ip tuntap add dev dj0 mode tap user 0\", or start with CAP_NET_ADMIN",
                    failure("tap:dj0", 0));
            String theirs = failure("tap:theirs", 0);
            assertTrue(theirs.startsWith("net=tap:theirs: theirs belongs to another user"), theirs);
            String mtu = failure("tap:mine", 1400);
            assertTrue(mtu.startsWith("mtu=1400: mine has 1500 and may not be changed"), mtu);
            try (NetDevice device = OwnNetwork.open("tap:mine")) {
                assertFalse(device.capabilities().receiveChecksum());
            }
        });
    }

    private static String failure(String uri, int mtuBytes) {
        DeviceException failure = assertThrows(
                DeviceException.class,
                () -> new TapProvider().open(uri, mtuBytes).close());
        String message = String.valueOf(failure.getMessage());
        assertFalse(message.contains("\n"), message);
        return message;
    }
}
