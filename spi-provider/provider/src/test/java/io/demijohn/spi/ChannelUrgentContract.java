package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Urgent data of a channel's socket; run on the JDK's provider and on ours, over both families. */
@ParameterizedClass
@EnumSource(Loopback.class)
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit fills the family in
abstract class ChannelUrgentContract {
    @Parameter
    Loopback loopback;

    abstract SelectorProvider provider();

    @Test
    @Tag("proves:rfc6093")
    void urgentByte_inline_isReadInItsPlace() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.server().socket().setOOBInline(true);
            assertTrue(pair.server().socket().getOOBInline());
            pair.client().write(ChannelPair.bytes("ab"));
            pair.client().socket().sendUrgentData('c');
            pair.client().write(ChannelPair.bytes("de"));
            assertEquals("abcde", ChannelPair.read(pair.server(), 5));
        }
    }

    @Test
    @Tag("proves:rfc6093")
    void urgentByte_notInline_isLeftOut() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().write(ChannelPair.bytes("ab"));
            pair.client().socket().sendUrgentData('c');
            pair.client().write(ChannelPair.bytes("de"));
            assertEquals("abde", ChannelPair.read(pair.server(), 4));
        }
    }

    @Test
    void urgentByte_notInline_makesNoKeyReady() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback);
                Selector selector = provider().openSelector()) {
            pair.server().configureBlocking(false);
            pair.server().register(selector, SelectionKey.OP_READ);
            pair.client().socket().sendUrgentData('u');
            assertEquals(0, selector.select(100));
            assertEquals(0, pair.server().read(ByteBuffer.allocate(2)));
            pair.client().write(ChannelPair.bytes("v"));
            assertEquals(1, selector.select(10_000));
            ByteBuffer target = ByteBuffer.allocate(2);
            assertEquals(1, pair.server().read(target));
            assertEquals('v', target.get(0));
        }
    }

    @Test
    void urgentByte_inline_makesItsKeyReady() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback);
                Selector selector = provider().openSelector()) {
            pair.server().socket().setOOBInline(true);
            pair.server().configureBlocking(false);
            pair.server().register(selector, SelectionKey.OP_READ);
            pair.client().socket().sendUrgentData('u');
            assertEquals(1, selector.select(10_000));
            ByteBuffer target = ByteBuffer.allocate(2);
            assertEquals(1, pair.server().read(target));
            assertEquals('u', target.get(0));
        }
    }

    @Test
    void sendUrgentData_nonBlockingWithoutRoom_bufferFull() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().configureBlocking(false);
            ByteBuffer block = ByteBuffer.allocate(1 << 20);
            int idle = 0;
            while (idle < 1000) { // until the windows are full and stay so
                idle = pair.client().write(block.clear()) == 0 ? idle + 1 : 0;
            }
            Socket socket = pair.client().socket();
            IOException full = assertThrows(IOException.class, () -> sendUntilFull(socket));
            assertEquals("Socket buffer full", full.getMessage());
        }
    }

    @Test
    void sendUrgentData_notConnectedOrClosed_throws() throws Exception {
        SocketChannel channel = provider().openSocketChannel();
        assertThrows(Exception.class, () -> channel.socket().sendUrgentData(1));
        channel.close();
        assertThrows(IOException.class, () -> channel.socket().sendUrgentData(1));
    }

    @Test
    void sendUrgentData_afterShutdownOutput_ioException() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            pair.client().shutdownOutput();
            assertThrows(IOException.class, () -> pair.client().socket().sendUrgentData(1));
        }
    }

    @Test
    void inline_closed_socketException() throws Exception {
        try (ChannelPair pair = ChannelPair.open(provider(), loopback)) {
            Socket socket = pair.client().socket();
            socket.close();
            assertThrows(SocketException.class, socket::getOOBInline);
            assertThrows(SocketException.class, () -> socket.setOOBInline(true));
        }
    }

    private static void sendUntilFull(Socket socket) throws IOException {
        for (int i = 0; i < 1 << 20; i++) {
            socket.sendUrgentData(i);
        }
    }
}
