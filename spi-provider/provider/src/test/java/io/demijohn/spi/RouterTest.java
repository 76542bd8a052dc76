package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.engine.BoundPort;
import io.demijohn.engine.Engine;
import io.demijohn.engine.ListenerHandle;
import io.demijohn.engine.StreamOptions;
import io.demijohn.spi.RouteCounters.Operation;
import io.demijohn.spi.config.Configuration;
import io.demijohn.spi.config.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final String DEVICE = "net=loop:,address=10.9.0.2/24";

    @Test
    void connect_nothingConfigured_kernelForWantOfADevice() throws Exception {
        assertEquals(RouteReason.NO_DEVICE, connect("", "10.9.0.7"));
        assertEquals(RouteReason.LOOPBACK, connect("", "127.0.0.1"));
        assertEquals(RouteReason.NO_DEVICE, connect("", "2001:db8::1"));
    }

    @Test
    void connect_deviceConfigured_byWhatItReaches() throws Exception {
        assertEquals(RouteReason.REACHED, connect(DEVICE, "10.9.0.7"));
        assertEquals(RouteReason.NOT_REACHED, connect(DEVICE, "10.8.0.7"));
        assertEquals(RouteReason.REACHED, connect(DEVICE + ",gateway=10.9.0.1", "10.8.0.7"));
        assertEquals(RouteReason.NOT_REACHED, connect(DEVICE, "2001:db8::1"));
        assertEquals(RouteReason.LOOPBACK, connect(DEVICE, "127.0.0.1"));
        assertEquals(RouteReason.LOOPBACK, connect(DEVICE, "::1"));
    }

    @Test
    void connect_loopOn_onlyWhereSomebodyListens() throws Exception {
        try (Datapath datapath = open("loop=on")) {
            Engine loop = datapath.engines().get(0);
            BoundPort port = loop.bind(at("127.0.0.1", 0), false);
            InetSocketAddress remote = at("127.0.0.1", port.address().getPort());
            assertEquals(
                    RouteReason.NO_LISTENER_ON_LOOP,
                    datapath.router().decideConnect(null, at("127.0.0.1", 1)).reason());
            ListenerHandle listener = loop.listen(port, 1, StreamOptions.DEFAULTS);
            Route route = datapath.router().decideConnect(null, remote);
            assertEquals(RouteReason.LOOP, route.reason());
            assertSame(loop, route.engine());
            listener.close();
            assertTrue(datapath.router().decideConnect(null, remote).isKernel());
        }
    }

    @Test
    void connect_rules_firstMatchDecides() throws Exception {
        String rules = DEVICE + ",connect=10.9.0.7:80 -> kernel";
        assertEquals(RouteReason.RULE, connect(rules, "10.9.0.7"));
        assertEquals(RouteReason.REACHED, connect(rules, "10.9.0.8"));
        assertEquals(RouteReason.RULE_WITHOUT_DEVICE, connect(DEVICE + ",connect=*:80 -> inet", "10.8.0.7"));
    }

    @Test
    void connect_strict_unwantedKernelThrowsTheReason() throws Exception {
        SocketException refused =
                assertThrows(SocketException.class, () -> connect(DEVICE + ",strict=true", "10.8.0.7"));
        assertEquals(
                "strict=true: connect /10.8.0.7:80 would use the kernel, reason: not-reached", refused.getMessage());
        assertEquals(RouteReason.LOOPBACK, connect(DEVICE + ",strict=true", "127.0.0.1"));
        assertEquals(RouteReason.RULE, connect(DEVICE + ",strict=true,connect=*:80 -> kernel", "10.8.0.7"));
    }

    @Test
    void connect_boundBefore_staysWhereItIsBound() throws Exception {
        try (Datapath datapath = open(DEVICE)) {
            Router router = datapath.router();
            InetSocketAddress own = at("10.9.0.2", 0);
            try (PortReservation onDevice = PortReservation.reserve(
                    router.planBind(own), own, StandardProtocolFamily.INET6, false, new CountingBinder())) {
                Route elsewhere = router.decideConnect(onDevice, at("10.8.0.7", 80));
                assertEquals(RouteReason.BOUND_TO_DEVICE, elsewhere.reason());
                assertSame(datapath.engines().get(0), elsewhere.engine());
            }
            InetSocketAddress loopback = at("127.0.0.1", 0);
            try (PortReservation onKernel = PortReservation.reserve(
                    router.planBind(loopback), loopback, StandardProtocolFamily.INET6, false, new CountingBinder())) {
                Route toDevice = router.decideConnect(onKernel, at("10.9.0.7", 80));
                assertEquals(RouteReason.BOUND_TO_KERNEL, toDevice.reason());
            }
        }
    }

    @Test
    void listen_byAddress_enginesAndKernel() throws Exception {
        try (Datapath datapath = open(DEVICE + ",loop=on")) {
            Router router = datapath.router();
            List<Engine> engines = datapath.engines();
            assertEquals(new ListenPlan(engines, true, RouteReason.WILDCARD), router.decideListen(at("0.0.0.0", 80)));
            assertEquals(new ListenPlan(engines, true, RouteReason.WILDCARD), router.decideListen(at("::", 80)));
            assertEquals(
                    ListenPlan.engine(engines.get(0), RouteReason.OWN_ADDRESS),
                    router.decideListen(at("10.9.0.2", 80)));
            assertEquals(ListenPlan.engine(engines.get(1), RouteReason.LOOP), router.decideListen(at("127.0.0.1", 80)));
            assertEquals(ListenPlan.engine(engines.get(1), RouteReason.LOOP), router.decideListen(at("::1", 80)));
            assertEquals(ListenPlan.kernel(RouteReason.NOT_OUR_ADDRESS), router.decideListen(at("10.9.0.3", 80)));
        }
    }

    @Test
    void listen_rules_chooseOneSide() throws Exception {
        try (Datapath datapath = open(DEVICE + ",listen=*:80 -> inet")) {
            assertEquals(
                    new ListenPlan(datapath.engines(), false, RouteReason.RULE),
                    datapath.router().decideListen(at("0.0.0.0", 80)));
            assertEquals(
                    RouteReason.WILDCARD,
                    datapath.router().decideListen(at("0.0.0.0", 81)).reason());
        }
        try (Datapath datapath = open(DEVICE + ",listen=*:80 -> kernel")) {
            assertEquals(ListenPlan.kernel(RouteReason.RULE), datapath.router().decideListen(at("0.0.0.0", 80)));
        }
    }

    @Test
    void listen_strict_unwantedKernelThrows() throws Exception {
        try (Datapath datapath = open(DEVICE + ",strict=true")) {
            SocketException refused =
                    assertThrows(SocketException.class, () -> datapath.router().decideListen(at("10.9.0.3", 80)));
            assertTrue(String.valueOf(refused.getMessage()).endsWith("reason: not-our-address"));
        }
    }

    @Test
    void decisions_each_areCounted() throws Exception {
        try (Datapath datapath = open(DEVICE)) {
            Router router = datapath.router();
            router.decideConnect(null, at("10.9.0.7", 80));
            router.decideConnect(null, at("10.9.0.7", 80));
            router.decideListen(at("127.0.0.1", 80));
            assertEquals(
                    "connect inet reached-by-device 2\nlisten kernel loopback 1\n",
                    datapath.counters().report());
            assertEquals(2, datapath.counters().total(Operation.CONNECT, Transport.INET));
            assertTrue(datapath.report().startsWith("device loop: connections 0 received 0 sent 0\n"));
        }
    }

    private static RouteReason connect(String options, String remote) throws Exception {
        try (Datapath datapath = open(options)) {
            Route route = datapath.router().decideConnect(null, at(remote, 80));
            assertEquals(route.isKernel() ? 1 : 0, datapath.counters().total(Operation.CONNECT, Transport.KERNEL));
            return route.reason();
        }
    }

    private static Datapath open(String options) throws Exception {
        return Datapath.open(Configuration.read(options, new Properties()));
    }

    @SuppressWarnings("AddressSelection") // literals: nothing is looked up
    private static InetSocketAddress at(String address, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(address), port);
    }
}
