package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.demijohn.engine.Ready;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KernelAcceptPumpTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final FakeListener listener = new FakeListener();
    private final KernelAcceptPump<String> pump = new KernelAcceptPump<>("test", listener);

    @Test
    void poll_nothingAccepted_null() throws Exception {
        pump.start();
        assertNull(pump.poll());
        assertEquals(0, pump.handle().ready());
        end();
    }

    @Test
    void poll_connectionAccepted_givesEachOnceInOrder() throws Exception {
        listener.arriving.add("a");
        listener.arriving.add("b");
        pump.start();
        awaitAccept();
        assertEquals(1, listener.arriving.size(), "one is taken at a time");
        assertEquals("a", pump.poll());
        awaitAccept();
        assertEquals("b", pump.poll());
        assertNull(pump.poll());
        end();
    }

    @Test
    void poll_acceptFailed_throwsOnceAndGoesOn() throws Exception {
        IOException failure = new SocketException("Too many open files");
        listener.arriving.add(failure);
        listener.arriving.add("after");
        pump.start();
        awaitAccept();
        assertSame(failure, assertThrows(IOException.class, pump::poll));
        awaitAccept();
        assertEquals("after", pump.poll());
        end();
    }

    @Test
    void close_connectionUnclaimed_isDiscarded() throws Exception {
        listener.arriving.add("unclaimed");
        pump.start();
        awaitAccept();
        pump.close();
        assertEquals("unclaimed", listener.discarded.take());
        assertEquals(Ready.CLOSED, pump.handle().ready());
        assertNull(pump.poll());
        pump.close();
    }

    @Test
    void close_connectionComesMeanwhile_isDiscarded() throws Exception {
        listener.closing = "late";
        pump.start();
        pump.close();
        assertEquals("late", listener.discarded.take());
    }

    private void awaitAccept() {
        assertEquals(Ready.ACCEPT, pump.handle().await(Ready.ACCEPT, PATIENCE_NANOS));
    }

    private void end() {
        pump.close();
    }

    private static final class FakeListener implements KernelAcceptPump.Acceptor<String> {
        final BlockingQueue<Object> arriving = new LinkedBlockingQueue<>();
        final BlockingQueue<String> discarded = new LinkedBlockingQueue<>();

        @Nullable
        volatile String closing;

        @Override
        public String accept() throws IOException {
            try {
                Object next = arriving.take();
                if (next instanceof IOException failure) {
                    throw failure;
                }
                return (String) next;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void discard(String connection) {
            discarded.add(connection);
        }

        @Override
        public void close() {
            arriving.add(closing == null ? new SocketException("Socket closed") : closing);
        }
    }
}
