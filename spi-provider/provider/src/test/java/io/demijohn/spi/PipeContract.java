package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link Pipe} promises; run on the JDK's provider and on ours. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // opened before each test
abstract class PipeContract {
    private Pipe pipe;

    abstract SelectorProvider provider();

    @BeforeEach
    void openPipe() throws IOException {
        pipe = provider().openPipe();
    }

    @AfterEach
    void closePipe() throws IOException {
        pipe.sink().close();
        pipe.source().close();
    }

    @Test
    void bytes_written_readInOrder() throws Exception {
        assertSame(provider(), pipe.sink().provider());
        assertSame(provider(), pipe.source().provider());
        assertEquals(SelectionKey.OP_WRITE, pipe.sink().validOps());
        assertEquals(SelectionKey.OP_READ, pipe.source().validOps());
        assertEquals(5, pipe.sink().write(new ByteBuffer[] {ChannelPair.bytes("he"), ChannelPair.bytes("llo")}));
        ByteBuffer[] targets = {ByteBuffer.allocate(3), ByteBuffer.allocate(9)};
        assertEquals(5, pipe.source().read(targets));
        assertEquals(3, targets[0].position());
        assertEquals(2, targets[1].position());
    }

    @Test
    void sinkClosed_source_readsTheEnd() throws Exception {
        pipe.sink().write(ChannelPair.bytes("x"));
        pipe.sink().close();
        ByteBuffer buffer = ByteBuffer.allocate(2);
        assertEquals(1, pipe.source().read(buffer));
        assertEquals(-1, pipe.source().read(buffer));
    }

    @Test
    void sourceClosed_sink_writeFails() throws Exception {
        pipe.source().close();
        assertThrows(IOException.class, () -> pipe.sink().write(ChannelPair.bytes("x")));
        assertThrows(ClosedChannelException.class, () -> pipe.source().read(ByteBuffer.allocate(1)));
    }

    @Test
    void blockedReader_closedOrInterrupted_released() throws Exception {
        Blocked<Integer> closed = Blocked.in("read", () -> pipe.source().read(ByteBuffer.allocate(1)));
        pipe.source().close();
        assertInstanceOf(AsynchronousCloseException.class, closed.failure());
        Pipe another = provider().openPipe();
        Blocked<Integer> interrupted = Blocked.in("read", () -> another.source().read(ByteBuffer.allocate(1)));
        interrupted.interrupt();
        assertInstanceOf(ClosedByInterruptException.class, interrupted.failure());
        assertFalse(another.source().isOpen());
        another.sink().close();
    }

    @Test
    void blockedWriter_closed_released() throws Exception {
        Blocked<Integer> writer = Blocked.in("write", () -> {
            while (true) {
                pipe.sink().write(ByteBuffer.allocate(1 << 20));
            }
        });
        pipe.sink().close();
        assertInstanceOf(ClosedChannelException.class, writer.failure());
    }

    @Test
    void bothEnds_inOneSelector_readyWhenTheyAre() throws Exception {
        try (Selector selector = provider().openSelector()) {
            pipe.source().configureBlocking(false);
            pipe.sink().configureBlocking(false);
            SelectionKey source = pipe.source().register(selector, SelectionKey.OP_READ);
            SelectionKey sink = pipe.sink().register(selector, SelectionKey.OP_WRITE);
            assertEquals(1, selector.select());
            assertTrue(sink.isWritable());
            assertEquals(0, pipe.source().read(ByteBuffer.allocate(1)));
            ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
            while (pipe.sink().write(chunk.clear()) > 0) {
                Thread.onSpinWait();
            }
            selector.selectedKeys().clear();
            assertEquals(1, selector.select());
            assertTrue(source.isReadable());
            assertFalse(selector.selectedKeys().contains(sink));
            while (pipe.source().read(chunk.clear()) > 0) {
                Thread.onSpinWait();
            }
            selector.selectedKeys().clear();
            assertEquals(1, selector.select());
            assertTrue(selector.selectedKeys().contains(sink));
            pipe.source().close();
            assertFalse(source.isValid());
        }
    }
}
