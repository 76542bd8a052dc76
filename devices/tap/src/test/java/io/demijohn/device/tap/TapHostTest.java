package io.demijohn.device.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What doctor says of a host, over a host made of files. */
@SuppressWarnings("NullAway.Init") // JUnit fills the directory in
final class TapHostTest {
    private static final String ALL = "000001ffffffffff";
    private static final String ALL_BUT_NET_ADMIN = "000001ffffffefff";

    @TempDir
    private Path root;

    @BeforeEach
    void layOut() throws IOException {
        write("dev/net/tun", "");
        status(ALL);
    }

    @Test
    void capableHost_lacksNothing() {
        assertEquals(List.of(), new TapHost(root).missing());
    }

    @Test
    void noTunDevice_isNamed() throws IOException {
        Files.delete(root.resolve("dev/net/tun"));
        assertEquals(List.of(TapHost.NO_TUN), new TapHost(root).missing());
    }

    @Test
    void noCapabilityAndNoInterface_namesTheRemedy() throws IOException {
        status(ALL_BUT_NET_ADMIN);
        List<String> missing = new TapHost(root).missing();
        assertEquals(1, missing.size());
        assertTrue(missing.get(0).contains("ip tuntap add dev NAME mode tap user "), missing.get(0));
    }

    @Test
    void noCapability_ownInterface_isEnough() throws IOException {
        status(ALL_BUT_NET_ADMIN);
        tap("dj0", "1000", "-1");
        assertEquals(List.of(), new TapHost(root).missing());
    }

    @Test
    void noCapability_interfaceOfAnyonesOrOurGroup_isEnough() throws IOException {
        status(ALL_BUT_NET_ADMIN);
        tap("dj0", "-1", "44");
        assertEquals(List.of(), new TapHost(root).missing());
    }

    @Test
    void noCapability_foreignInterfaces_areNotEnough() throws IOException {
        status(ALL_BUT_NET_ADMIN);
        tap("dj0", "1001", "-1");
        tap("dj1", "1000", "7");
        write("sys/class/net/eth0/mtu", "1500");
        assertEquals(1, new TapHost(root).missing().size());
    }

    private void status(String capabilities) throws IOException {
        write(
                "proc/thread-self/status",
                "Name:\tjava\nUid:\t0\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t44 46 \nCapEff:\t"
                        + capabilities + "\n");
    }

    private void tap(String name, String owner, String group) throws IOException {
        write("sys/class/net/" + name + "/tun_flags", "0x1002\n");
        write("sys/class/net/" + name + "/owner", owner + "\n");
        write("sys/class/net/" + name + "/group", group + "\n");
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
