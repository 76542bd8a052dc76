package io.demijohn.spi.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be used is refused in one line that names the key, the value and what is allowed. */
final class ConfigurationErrorTest {
    private static final String TAP = "net=tap:dj0,address=10.77.0.2/24";

    private final Path directory;

    ConfigurationErrorTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            loop=maybe                          | loop=maybe: allowed: on, off
            strict=1                            | strict=1: allowed: true, false
            spin=50                             | spin=50: allowed: a duration from 0 to 1s, such as 50us
            spin=2s                             | spin=2s: allowed: a duration from 0 to 1s, such as 50us
            spin=-1us                           | spin=-1us: allowed: a duration from 0 to 1s, such as 50us
            memory=1m                           | memory=1m: allowed: a size from 16m to 1024g, such as 256m
            memory=99999999999999999999         | memory=99999999999999999999: allowed: a size from 16m to 1024g, such as 256m
            memory=999999999g                   | memory=999999999g: allowed: a size from 16m to 1024g, such as 256m
            log=loud                            | log=loud: allowed: off, error, warn, info, debug
            report=daily                        | report=daily: allowed: exit, off
            tcp=rto-min:5                       | tcp=rto-min:5: allowed: rto-min:1ms to 60s, such as 200ms
            tcp=rto-min:2h                      | tcp=rto-min:2h: allowed: rto-min:1ms to 60s, such as 200ms
            tcp=congestion:bbr                  | tcp=congestion:bbr: allowed: congestion:cubic, new-reno, dctcp
            tcp=syn-retries:128                 | tcp=syn-retries:128: allowed: syn-retries:0 to 127
            tcp=sack                            | tcp=sack: allowed: sack:off, on
            poll=busy                           | poll=busy: allowed: waiter, interrupt
            poll=dedicated                      | poll=dedicated: not in this version; allowed: waiter, interrupt
            poll=dedicated:3                    | poll=dedicated:3: not in this version; allowed: waiter, interrupt
            poll=interrupt,spin=50us            | spin=50us: poll=interrupt never spins; allowed: 0, or poll=waiter
            shm=on                              | shm=on: shared memory is not in this version; allowed: off
            files=/data -> uring                | files=/data -> uring: not in this version; allowed: none
            pcap=x.pcap                         | pcap=x.pcap: not in this version; allowed: none
            net=tap                             | net=tap: allowed: a device URI such as tap:dj0
            net=afxdp:eth1,address=10.0.0.1/8   | net=afxdp:eth1: afxdp is not in this version; allowed: tap:NAME
            net=tap:dj0                         | net=tap:dj0: has no address; allowed: together with address=ADDRESS/LENGTH
            mtu=1500                            | mtu=1500: there is no device; allowed: together with net=DEVICE
            loop=on,loop=off                    | loop=off: stands twice, first as on; allowed: once
            loop                                | loop: has no value; allowed: loop=VALUE
            """)
    void badValue_read_isRefusedInOneLine(String options, String expected) {
        assertEquals(expected, refusal(options));
    }

    @ParameterizedTest
    @CsvSource({
        "10.77.0.2",
        "10.77.0.2/0",
        "10.77.0.2/33",
        "10.77.0/24",
        "10.77.0.256/24",
        "010.77.0.2/24",
        "host/24",
        "127.0.0.1/8",
        "0.0.0.0/8",
        "224.0.0.1/8",
        "fd00::2",
        "fd00::2/0",
        "fd00::2/129",
        "fd00:::2/64",
        "fe80::2%eth0/64",
        "::1/128",
        "::/64",
        "ff02::1/64",
        "::ffff:10.77.0.2/96",
        "::ffff:10.77.0.2/24",
        "automatic",
        "''"
    })
    void badAddress_read_isRefused(String address) {
        assertEquals(
                "address=" + address + ": allowed: addresses with their prefix length, such as 10.77.0.2/24 or"
                        + " fd77::2/64, and auto for what IPv6 routers say",
                refusal("net=tap:dj0,address=" + address));
    }

    @Test
    void addressTwice_read_isRefused() {
        assertEquals("address=fd77:0::2/48: stands twice; allowed: once", refusal(TAP + ",fd77::2/64,fd77:0::2/48"));
    }

    @Test
    void addressesTooMany_read_areRefused() {
        String eight = "fd77::1/64,fd77::2/64,fd77::3/64,fd77::4/64,fd77::5/64,fd77::6/64,fd77::7/64,fd77::8/64";
        assertEquals(
                "address=fd77::9/64: is one too many; allowed: 8",
                refusal("net=tap:dj0,address=" + eight + ",fd77::9/64"));
    }

    @Test
    void gatewayTwice_ofOneFamily_isRefused() {
        assertEquals(
                "gateway=fe80::1: is a second one beside fd77:0:0:0:0:0:0:1; allowed: one for each family",
                refusal(TAP + ",fd77::2/64,gateway=10.77.0.1,fd77::1,fe80::1"));
    }

    @Test
    void mtuTooSmallForIpv6_read_isRefused() {
        String why = ": too small for IPv6; allowed: 1280 to 65535, or IPv4 addresses alone";
        assertEquals("mtu=1279" + why, refusal(TAP + ",fd77::2/64,mtu=1279"));
        assertEquals("mtu=1279" + why, refusal(TAP + ",auto,mtu=1279"));
    }

    @ParameterizedTest
    @CsvSource({"10.78.0.1", "10.77.0.2", "router", "fd00::1", "fe80::1", "169.254.0.1"})
    void gatewayNotOnTheNetwork_read_isRefused(String gateway) {
        assertEquals(
                "gateway=" + gateway + ": allowed: an address inside one of the device's prefixes, one for each family;"
                        + " IPv6 ones may be link-local",
                refusal(TAP + ",gateway=" + gateway));
    }

    @ParameterizedTest
    @CsvSource({"575", "65536", "1500b", "-1"})
    void mtuOutOfRange_read_isRefused(String mtu) {
        assertEquals("mtu=" + mtu + ": allowed: 576 to 65535", refusal(TAP + ",mtu=" + mtu));
    }

    @ParameterizedTest
    @CsvSource({
        "*:80",
        "*:80 -> tcp",
        "*:90-80 -> inet",
        "*:70000 -> inet",
        "*:x -> inet",
        "10.0.0.0/33:80 -> inet",
        "fd00::1:80 -> inet",
        "[10.0.0.1]:80 -> inet",
        "host:80 -> inet"
    })
    void badRule_read_isRefused(String rule) {
        assertTrue(refusal("connect=" + rule).startsWith("connect=" + rule + ": allowed: rules such as "));
    }

    @ParameterizedTest
    @CsvSource({"shm", "rdma"})
    void ruleForLaterTransport_read_isRefusedAsLater(String transport) {
        assertEquals(
                "listen=* -> " + transport + ": " + transport + " is not in this version; allowed: inet, kernel",
                refusal("listen=* -> " + transport));
    }

    @ParameterizedTest
    @CsvSource({"nett,net", "adress,address", "memroy,memory", "Loop,loop", "gatway,gateway", "reports,report"})
    void typo_read_suggestsTheNearestKey(String typed, String meant) {
        assertTrue(refusal(typed + "=x")
                .startsWith("unknown key '" + typed + "' (did you mean '" + meant + "'?); allowed: net,"));
    }

    @Test
    void unknownKeyNearNone_read_listsTheKeys() {
        String refusal = refusal("verbose=yes");
        assertTrue(refusal.startsWith("unknown key 'verbose'; allowed: net, address,"));
        assertFalse(refusal.contains("pcap"));
    }

    @Test
    void badProperty_read_saysWhereItStands() {
        Properties properties = new Properties();
        properties.setProperty("demijohn.mtu", "9");
        properties.setProperty("demijohn.net", "tap:dj0");
        properties.setProperty("demijohn.address", "10.77.0.2/24");
        assertEquals("mtu=9 (system property): allowed: 576 to 65535", refusal("", properties));
        properties.setProperty("demijohn.foo", "9");
        assertTrue(refusal("", properties).startsWith("unknown key 'foo' (system property)"));
    }

    @Test
    void badFile_read_saysWhereItStands() throws Exception {
        String file = file("loop: perhaps\n");
        assertEquals("loop=perhaps (in " + file + "): allowed: on, off", refusal("config=" + file));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            unknwon: 1                              | unknown key 'unknwon'
            - net                                   | not a map; allowed: lines of the form key: value
            'loop: [on]'                            | loop=[on]
            'loop:'                                 | loop=
            'net: {address: 10.0.0.1/8}'            | net= (in
            'net: [{uri: tap:a, spin: 1us}]'        | spin=1us (in
            'config: other.yaml'                    | stands in a file
            """)
    void badContent_read_isRefusedInOneLine(String text, String expected) throws Exception {
        String refusal = refusal("config=" + file(text + "\n"));
        assertTrue(refusal.contains(expected), refusal);
    }

    @Test
    void malformedYaml_read_namesTheLine() throws Exception {
        String file = file("loop: on\nnet: [tap:dj0\nspin: 1us\n");
        String refusal = refusal("config=" + file);
        assertTrue(refusal.startsWith("config=" + file + ": line "), refusal);
    }

    @Test
    void keyTwiceInFile_read_isRefused() throws Exception {
        assertTrue(refusal("config=" + file("loop: on\nloop: off\n")).contains("duplicate key loop"));
    }

    @Test
    void absentFile_read_isRefused() {
        String file = directory.resolve("absent.yaml").toString();
        assertEquals(
                "config=" + file + ": no such file; allowed: the path of a YAML file that can be read",
                refusal("config=" + file));
    }

    @Test
    void directoryAsFile_read_isRefused() {
        assertTrue(refusal("config=" + directory).contains("cannot be read"));
    }

    @Test
    void fileThatIsNotText_read_isRefused() throws Exception {
        Path file = directory.resolve("binary.yaml");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertTrue(refusal("config=" + file).contains("not UTF-8"));
    }

    @Test
    void deviceKeyBesideSeveralDevices_read_isRefused() throws Exception {
        String file = file(
                """
                mtu: 1500
                net:
                  - {uri: "tap:a", address: 10.0.0.1/24}
                  - {uri: "tap:b", address: 10.0.1.1/24}
                """);
        assertTrue(refusal("config=" + file).startsWith("mtu=1500 (in " + file + "): there are several devices"));
    }

    @Test
    void mutatedOptions_read_neverThrowAnythingElse() {
        long seed = 20261121;
        Random random = new Random(seed);
        String start =
                TAP + ",gateway=10.77.0.1,mtu=1500,spin=50us,memory=256m,connect=[fd00::1]/8:1-2 -> inet,loop=on";
        for (int round = 0; round < 20_000; round++) {
            byte[] text = start.getBytes(StandardCharsets.US_ASCII);
            for (int change = 0; change <= random.nextInt(4); change++) {
                text[random.nextInt(text.length)] = (byte) " ,=:/->[]*.0aZ".charAt(random.nextInt(14));
            }
            String options = new String(text, StandardCharsets.US_ASCII);
            try {
                Configuration.read(options, new Properties());
            } catch (ConfigurationException expected) {
                assertFalse(String.valueOf(expected.getMessage()).contains("\n"), options);
            } catch (RuntimeException unexpected) {
                throw new AssertionError("seed " + seed + ": " + options, unexpected);
            }
        }
    }

    private static String refusal(String options) {
        return refusal(options, new Properties());
    }

    private static String refusal(String options, Properties properties) {
        String message =
                String.valueOf(assertThrows(ConfigurationException.class, () -> Configuration.read(options, properties))
                        .getMessage());
        assertFalse(message.contains("\n"), message);
        return message;
    }

    private String file(String text) throws Exception {
        return Files.writeString(directory.resolve("demijohn.yaml"), text).toString();
    }
}
