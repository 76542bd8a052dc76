package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.engine.BoundPort;
import io.demijohn.engine.Engine;
import io.demijohn.spi.config.Configuration;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PortReservationTest {
    private final InetSocketAddress anyPort = new InetSocketAddress(0);

    @SuppressWarnings("NullAway.Init") // before each test
    private Datapath datapath;

    @BeforeEach
    void open() throws Exception {
        datapath = Datapath.open(Configuration.read("loop=on,net=loop:,address=10.9.0.2/24", new Properties()));
    }

    @AfterEach
    void close() {
        datapath.close();
    }

    @Test
    void reserve_anyPort_sameOnEveryEngineAndTheKernel() throws Exception {
        CountingBinder kernel = new CountingBinder();
        try (PortReservation reserved = reserve(anyPort, kernel)) {
            assertTrue(reserved.port() > 0);
            assertEquals(reserved.port(), kernel.port());
            for (Engine engine : datapath.engines()) {
                BoundPort port = reserved.take(engine);
                assertNotNull(port);
                assertEquals(reserved.port(), port.address().getPort());
                assertNull(reserved.take(engine));
                port.close();
            }
        }
    }

    @Test
    void reserve_anyPortTakenInTheKernel_triesAnother() throws Exception {
        CountingBinder kernel = new CountingBinder(3);
        try (PortReservation reserved = reserve(anyPort, kernel)) {
            assertEquals(reserved.port(), kernel.port());
            assertEquals(4, kernel.bindCount());
        }
    }

    @Test
    void reserve_givenPortTakenInTheKernel_throwsAndReleasesTheRest() throws Exception {
        InetSocketAddress local = new InetSocketAddress(8080);
        assertThrows(BindException.class, () -> reserve(local, new CountingBinder(1)));
        reserve(local, new CountingBinder()).close();
        reserve(local, new CountingBinder()).close();
    }

    @Test
    void reserve_givenPortTakenOnAnEngine_throwsBeforeTheKernel() throws Exception {
        Engine last = datapath.engines().get(1);
        CountingBinder kernel = new CountingBinder();
        try (BoundPort taken = last.bind(anyPort, false)) {
            InetSocketAddress local = new InetSocketAddress(taken.address().getPort());
            BindException thrown = assertThrows(BindException.class, () -> reserve(local, kernel));
            assertEquals("Address already in use", thrown.getMessage());
            assertEquals(0, kernel.bindCount());
        }
    }

    private PortReservation reserve(InetSocketAddress local, KernelBinder kernel) throws Exception {
        return PortReservation.reserve(
                datapath.router().decideListen(local), local, StandardProtocolFamily.INET6, false, kernel);
    }
}
