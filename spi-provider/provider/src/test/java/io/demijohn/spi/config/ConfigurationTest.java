package io.demijohn.spi.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpTunable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is typed, in each of the three places, becomes the values it means. */
final class ConfigurationTest {
    private static final String TAP = "net=tap:dj0,address=10.77.0.2/24";

    private final Path directory;

    ConfigurationTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void nothingTyped_read_givesTheDefaults() throws Exception {
        assertEquals(Configuration.defaults(), Configuration.read(null, new Properties()));
        assertEquals(Configuration.defaults(), read(""));
        assertFalse(read("").bypasses());
    }

    @Test
    void deviceOptions_read_giveOneDevice() throws Exception {
        Configuration configuration = read(TAP + ",gateway=10.77.0.1,mtu=1500");
        assertEquals(
                List.of(new NetSpec(
                        "tap:dj0",
                        List.of(new NetAddress(address("10.77.0.2"), 24)),
                        List.of(address("10.77.0.1")),
                        false,
                        1500)),
                configuration.nets());
        assertEquals("tap", configuration.nets().get(0).scheme());
        assertTrue(configuration.bypasses());
    }

    @Test
    void bothFamilies_read_giveOneDeviceWithBoth() throws Exception {
        String typed = "net=tap:dj0,address=10.77.0.2/24,fd77::2/64,gateway=10.77.0.1,fd77::1,mtu=1280";
        assertEquals(
                List.of(new NetSpec(
                        "tap:dj0",
                        List.of(new NetAddress(address("10.77.0.2"), 24), new NetAddress(address("fd77::2"), 64)),
                        List.of(address("10.77.0.1"), address("fd77::1")),
                        false,
                        1280)),
                read(typed).nets());
    }

    @Test
    void addressAuto_read_asksRoutersWithOrWithoutAddresses() throws Exception {
        NetSpec alone = read("net=tap:dj0,address=auto").nets().get(0);
        assertTrue(alone.autoconfigure());
        assertEquals(List.of(), alone.addresses());
        NetSpec beside = read(TAP + ",auto,gateway=fe80::1").nets().get(0);
        assertTrue(beside.autoconfigure());
        assertEquals(1, beside.addresses().size());
        assertEquals(List.of(address("fe80::1")), beside.gateways());
    }

    @Test
    void tcpSettings_read_changeThoseAlone() throws Exception {
        TcpConfig expected = TcpConfig.defaults()
                .with(TcpTunable.RTO_MIN, 5_000_000)
                .with(TcpTunable.CONGESTION, 2)
                .with(TcpTunable.SACK, 0)
                .with(TcpTunable.RECEIVE_BUFFER, 1 << 20)
                .with(TcpTunable.SYN_RETRIES, 3);
        String text = "tcp=rto-min:5ms,congestion:dctcp,sack:off,receive-buffer:1m,syn-retries:3,loop=on";
        assertEquals(expected, read(text).tcp());
        assertTrue(read(text).loop());
        assertEquals(
                TcpConfig.dataCenter().with(TcpTunable.RTO_MAX, 10_000_000_000L),
                read("tcp=datacenter,rto-max:10s").tcp());
    }

    @Test
    void deviceWithoutGatewayAndMtu_read_leavesThemOpen() throws Exception {
        NetSpec net = read(TAP).nets().get(0);
        assertEquals(List.of(), net.gateways());
        assertFalse(net.autoconfigure());
        assertEquals(0, net.mtuBytes());
    }

    @Test
    void netTwiceInOptions_read_givesEachItsOwnSettings() throws Exception {
        List<NetSpec> nets = read(TAP + ",mtu=9000,net=tap:dj1,address=10.78.0.2/16,10.79.0.2/32")
                .nets();
        assertEquals(9000, nets.get(0).mtuBytes());
        assertEquals("tap:dj1", nets.get(1).uri());
        assertEquals("[10.78.0.2/16, 10.79.0.2/32]", nets.get(1).addresses().toString());
        assertEquals(0, nets.get(1).mtuBytes());
    }

    @Test
    void valueWithEqualsSignsAndColons_read_isKept() throws Exception {
        assertEquals(
                "tap:dj0?a=b:c",
                read("net=tap:dj0?a=b:c,address=10.0.0.1/8").nets().get(0).uri());
    }

    @ParameterizedTest
    @CsvSource({"on,true", "off,false", "true,true", "false,false"})
    void switches_read_takeBothSpellings(String text, boolean expected) throws Exception {
        assertEquals(expected, read("loop=" + text).loop());
        assertEquals(expected, read("strict=" + text).strict());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "100ns,100", "50us,50000", "2ms,2000000", "1s,1000000000"})
    void spin_read_isNanoseconds(String text, long expectedNanos) throws Exception {
        assertEquals(expectedNanos, read("spin=" + text).spinNanos());
    }

    @ParameterizedTest
    @CsvSource({"16777216,16777216", "65536k,67108864", "256m,268435456", "2g,2147483648"})
    void memory_read_isBytes(String text, long expectedBytes) throws Exception {
        assertEquals(expectedBytes, read("memory=" + text).memoryBytes());
    }

    @ParameterizedTest
    @CsvSource({"off,OFF", "error,ERROR", "warn,WARNING", "info,INFO", "debug,DEBUG"})
    void log_read_isTheJdksLevel(String text, System.Logger.Level expected) throws Exception {
        assertEquals(expected, read("log=" + text).log());
    }

    @Test
    void report_read_isItsTime() throws Exception {
        assertEquals(Report.EXIT, read("report=exit").report());
        assertEquals(Report.OFF, read("report=off").report());
    }

    @Test
    void pollInterrupt_read_neverSpins() throws Exception {
        Configuration configuration = read("poll=interrupt");
        assertEquals(PollMode.INTERRUPT, configuration.poll());
        assertEquals(0, configuration.spinNanos());
        assertEquals(PollMode.WAITER, read("poll=waiter").poll());
    }

    @Test
    void shmOff_read_isWhatThisVersionDoes() throws Exception {
        assertEquals(Configuration.defaults(), read("shm=off"));
    }

    @Test
    void rules_read_keepTheirOrder() throws Exception {
        List<Rule> rules = read("connect=10.0.0.0/8:80-90 -> inet,*:22->kernel,* -> inet,log=off")
                .connectRules();
        assertEquals(
                List.of(
                        new Rule(address("10.0.0.0"), 8, 80, 90, Transport.INET),
                        new Rule(null, 0, 22, 22, Transport.KERNEL),
                        new Rule(null, 0, 0, 65535, Transport.INET)),
                rules);
    }

    @Test
    void rulesForIpv6_read_standInBrackets() throws Exception {
        List<Rule> rules = read("listen=[fd00::1]:80 -> kernel,[fd00::]/8:* -> kernel,[::1/128] -> kernel")
                .listenRules();
        assertEquals(new Rule(address("fd00::1"), 128, 80, 80, Transport.KERNEL), rules.get(0));
        assertEquals(new Rule(address("fd00::"), 8, 0, 65535, Transport.KERNEL), rules.get(1));
        assertEquals(new Rule(address("::1"), 128, 0, 65535, Transport.KERNEL), rules.get(2));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3,80,true",
        "10.1.2.3,79,false",
        "10.1.2.3,91,false",
        "11.1.2.3,80,false",
        "10.15.255.255,90,true",
        "10.16.0.0,90,false",
        "fd00::1,80,false"
    })
    void rule_asked_matchesPrefixAndPorts(String text, int port, boolean expected) throws Exception {
        Rule rule = read("connect=10.0.0.0/12:80-90 -> inet").connectRules().get(0);
        assertEquals(expected, rule.matches(address(text), port));
    }

    @Test
    void properties_read_countLikeOptions() throws Exception {
        Configuration configuration = Configuration.read(
                "",
                properties(
                        "demijohn.net", "tap:dj0",
                        "demijohn.address", "10.77.0.2/24, 10.78.0.2/24",
                        "demijohn.loop", "on",
                        "unrelated.net", "x"));
        assertEquals(2, configuration.nets().get(0).addresses().size());
        assertTrue(configuration.loop());
    }

    @Test
    void flatFile_read_countsLikeOptions() throws Exception {
        String file = file(
                """
                address: 10.77.0.2/24
                net: tap:dj0
                gateway: 10.77.0.1
                mtu: 1500
                loop: on
                strict: true
                spin: 20us
                connect:
                  - "*:22 -> kernel"
                """);
        Configuration configuration = read("config=" + file);
        assertEquals(1500, configuration.nets().get(0).mtuBytes());
        assertTrue(configuration.loop());
        assertTrue(configuration.strict());
        assertEquals(20_000, configuration.spinNanos());
        assertEquals(22, configuration.connectRules().get(0).firstPort());
    }

    @Test
    void nestedFile_read_givesSeveralDevices() throws Exception {
        String file = file(
                """
                net:
                  - uri: tap:dj0
                    address: [10.77.0.2/24, 10.78.0.2/24]
                  - uri: tap:dj1
                    address: 10.79.0.2/24
                    gateway: 10.79.0.1
                """);
        List<NetSpec> nets = read("config=" + file).nets();
        assertEquals(2, nets.get(0).addresses().size());
        assertEquals(address("10.79.0.1"), nets.get(1).gateways().get(0));
    }

    @Test
    void emptyFile_read_changesNothing() throws Exception {
        assertEquals(Configuration.defaults(), read("config=" + file("# nothing\n")));
    }

    @Test
    void fileNamedByProperty_read_counts() throws Exception {
        String file = file("loop: on\n");
        assertTrue(Configuration.read(null, properties("demijohn.config", file)).loop());
    }

    @Test
    void sameKeyInAllPlaces_read_followsPrecedence() throws Exception {
        String file = file("spin: 1us\nmemory: 16m\nlog: info\n");
        Properties properties = properties("demijohn.spin", "2us", "demijohn.memory", "32m");
        Configuration configuration = Configuration.read("config=" + file + ",spin=3us", properties);
        assertEquals(3_000, configuration.spinNanos());
        assertEquals(32L << 20, configuration.memoryBytes());
        assertEquals(System.Logger.Level.INFO, configuration.log());
    }

    @Test
    void devicesInTwoPlaces_read_comeWholeFromTheStronger() throws Exception {
        String file = file("net: tap:dj9\naddress: 10.9.0.2/24\nmtu: 9000\n");
        List<NetSpec> nets = read("config=" + file + "," + TAP).nets();
        assertEquals(1, nets.size());
        assertEquals("tap:dj0", nets.get(0).uri());
        assertEquals(0, nets.get(0).mtuBytes());
    }

    @Test
    void deviceKeyInStrongerPlace_read_overrulesTheFile() throws Exception {
        String file = file("net:\n  - uri: tap:dj0\n    address: 10.77.0.2/24\n    mtu: 1500\n");
        NetSpec net = read("mtu=1400,config=" + file).nets().get(0);
        assertEquals(1400, net.mtuBytes());
        assertEquals("[10.77.0.2/24]", net.addresses().toString());
    }

    @Test
    void addressInWeakerPlace_read_completesTheDevice() throws Exception {
        Properties properties = properties("demijohn.address", "10.77.0.2/24");
        assertEquals(
                "[10.77.0.2/24]",
                Configuration.read("net=tap:dj0", properties)
                        .nets()
                        .get(0)
                        .addresses()
                        .toString());
    }

    private static Configuration read(String options) throws ConfigurationException {
        return Configuration.read(options, new Properties());
    }

    private String file(String text) throws Exception {
        return Files.writeString(directory.resolve("demijohn.yaml"), text).toString();
    }

    private static Properties properties(String... pairs) {
        Properties properties = new Properties();
        for (int index = 0; index < pairs.length; index += 2) {
            properties.setProperty(pairs[index], pairs[index + 1]);
        }
        return properties;
    }

    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }
}
