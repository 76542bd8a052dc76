package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.engine.Engine;
import io.demijohn.engine.Ready;
import io.demijohn.engine.ReadySet;
import io.demijohn.engine.Registration;
import io.demijohn.engine.StreamHandle;
import io.demijohn.engine.StreamOptions;
import io.demijohn.spi.RouteCounters.Operation;
import io.demijohn.spi.config.Configuration;
import io.demijohn.spi.config.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listener on the in-process device and on the kernel, with clients on both. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init") // before each test
class WildcardListenerTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final List<Socket> clients = new ArrayList<>();
    private Datapath datapath;
    private ServerSocket kernel;
    private InetSocketAddress remote;
    private WildcardListener<Socket> listener;

    @BeforeEach
    void open() throws Exception {
        datapath = Datapath.open(Configuration.read("loop=on", new Properties()));
        kernel = new ServerSocket();
        InetSocketAddress local = new InetSocketAddress(0);
        ListenPlan plan = datapath.router().decideListen(local);
        PortReservation bound =
                PortReservation.reserve(plan, local, StandardProtocolFamily.INET6, false, new ServerBinder(kernel));
        remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), bound.port());
        listener = WildcardListener.open(
                bound, 50, StreamOptions.DEFAULTS, new ServerAcceptor(kernel), datapath.counters());
    }

    @AfterEach
    void close() throws Exception {
        listener.close();
        kernel.close();
        for (Socket client : clients) {
            client.close();
        }
        datapath.close();
    }

    @Test
    void accept_nobodyThere_nullAndTimesOut() throws Exception {
        assertNull(listener.accept());
        assertEquals(0, listener.await(20_000_000));
        assertEquals(0, listener.ready());
    }

    @Test
    void accept_bothSidesBusy_takesTurns() throws Exception {
        for (int i = 0; i < 4; i++) {
            connectKernel();
            connectEngine();
        }
        List<Registration> sides = listener.register(new ReadySet(() -> {}, datapath.engines()), this);
        for (int i = 0; i < 4; i++) {
            for (Registration side : sides) {
                assertEquals(Ready.ACCEPT, side.handle().await(Ready.ACCEPT, PATIENCE_NANOS));
            }
            Socket fromKernel = next().kernel();
            Socket orElse = next().kernel();
            Socket socket = fromKernel == null ? orElse : fromKernel;
            assertNotNull(socket, "the kernel's side starved");
            assertTrue(fromKernel == null || orElse == null, "the engine's side starved");
            socket.close();
        }
        assertEquals(4, datapath.counters().get(Operation.ACCEPT, Transport.KERNEL, RouteReason.ACCEPTED));
        assertEquals(4, datapath.counters().get(Operation.ACCEPT, Transport.INET, RouteReason.ACCEPTED));
    }

    @Test
    void await_connectionOnEitherSide_wakes() throws Exception {
        Background<Integer> forKernel =
                Background.start(() -> listener.await(PATIENCE_NANOS)).awaitBlocked();
        connectKernel();
        assertEquals(Ready.ACCEPT, forKernel.get());
        assertNotNull(next().kernel());
        Background<Integer> forEngine =
                Background.start(() -> listener.await(PATIENCE_NANOS)).awaitBlocked();
        connectEngine();
        assertEquals(Ready.ACCEPT, forEngine.get());
        assertNotNull(next().stream());
    }

    @Test
    void await_closed_wakes() throws Exception {
        Background<Integer> waiter =
                Background.start(() -> listener.await(Long.MAX_VALUE)).awaitBlocked();
        listener.close();
        assertEquals(Ready.CLOSED, waiter.get());
        assertNull(listener.accept());
        assertEquals(Ready.CLOSED, listener.ready());
    }

    @Test
    void await_interrupted_saysSoAndKeepsTheStatus() throws Exception {
        Background<Boolean> waiter = Background.start(
                        () -> listener.await(Long.MAX_VALUE) == Ready.INTERRUPTED && Thread.interrupted())
                .awaitBlocked();
        waiter.thread().interrupt();
        assertTrue(waiter.get());
    }

    @Test
    void register_connectionOnEitherSide_isPosted() throws Exception {
        ReadySet set = new ReadySet(() -> {}, datapath.engines());
        List<Registration> registrations = listener.register(set, this);
        assertEquals(2, registrations.size());
        connectKernel();
        connectEngine();
        while (listener.ready() == 0 || set.poll() == null) {
            set.drive();
        }
        assertNotNull(next());
        assertNotNull(next());
        registrations.forEach(Registration::cancel);
    }

    private WildcardListener.Accepted<Socket> next() throws Exception {
        assertEquals(Ready.ACCEPT, listener.await(PATIENCE_NANOS));
        WildcardListener.Accepted<Socket> accepted = listener.accept();
        assertNotNull(accepted);
        return accepted;
    }

    private void connectKernel() throws Exception {
        clients.add(new Socket(remote.getAddress(), remote.getPort()));
    }

    private void connectEngine() throws Exception {
        Engine loop = datapath.engines().get(0);
        StreamHandle stream = loop.connect(null, remote, StreamOptions.DEFAULTS);
        assertTrue((stream.await(Ready.CONNECT, PATIENCE_NANOS) & Ready.CONNECT) != 0);
        assertEquals(1, stream.connectStatus());
    }

    private record ServerBinder(ServerSocket server) implements KernelBinder {
        @Override
        public void bind(InetSocketAddress local) throws java.io.IOException {
            server.bind(local);
        }

        @Override
        public int port() {
            return server.getLocalPort();
        }
    }

    private record ServerAcceptor(ServerSocket server) implements KernelAcceptPump.Acceptor<Socket> {
        @Override
        public Socket accept() throws java.io.IOException {
            return server.accept();
        }

        @Override
        public void discard(Socket connection) {
            try {
                connection.close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
