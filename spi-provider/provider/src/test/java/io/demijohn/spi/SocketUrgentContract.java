package io.demijohn.spi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Urgent data of java.net's sockets; run on the JDK as it is and on ours. */
abstract class SocketUrgentContract extends SocketContract {
    private static final int HEARTBEATS = 50;

    @Test
    @Tag("proves:rfc6093")
    void urgentByte_inline_isReadInItsPlace() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.accepted().setOOBInline(true);
            write(pair.client(), "ab");
            pair.client().sendUrgentData('c');
            write(pair.client(), "de");
            pair.client().shutdownOutput();
            assertEquals("abcde", readAll(pair.accepted()));
        }
    }

    @Test
    @Tag("proves:rfc6093")
    void urgentByte_notInline_isLeftOut() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            write(pair.client(), "ab");
            pair.client().sendUrgentData('c');
            write(pair.client(), "de");
            pair.client().shutdownOutput();
            assertEquals("abde", readAll(pair.accepted()));
        }
    }

    @Test
    void urgentByte_inline_onlyItsLowestEightBits() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.accepted().setOOBInline(true);
            pair.client().sendUrgentData(0x1234_5681);
            assertEquals(0x81, pair.accepted().getInputStream().read());
        }
    }

    @Test
    void urgentByte_fromTheAcceptedEnd_reachesTheClient() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().setOOBInline(true);
            pair.accepted().sendUrgentData('u');
            assertEquals('u', pair.client().getInputStream().read());
        }
    }

    @Test
    void inline_setBeforeConnect_holdsAfterwards() throws Exception {
        try (var server = world.listen();
                Socket client = new Socket()) {
            client.setOOBInline(true);
            client.connect(world.addressOf(server));
            try (Socket accepted = server.accept()) {
                accepted.sendUrgentData('u');
                assertEquals('u', client.getInputStream().read());
            }
        }
    }

    @Test
    void inline_turnedOnAndOff_countsFromThenOn() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.accepted().getInputStream();
            pair.client().sendUrgentData('1');
            write(pair.client(), "a");
            assertEquals('a', in.read());
            pair.accepted().setOOBInline(true);
            pair.client().sendUrgentData('2');
            assertEquals('2', in.read());
            pair.accepted().setOOBInline(false);
            pair.client().sendUrgentData('3');
            write(pair.client(), "b");
            assertEquals('b', in.read());
        }
    }

    @Test
    void heartbeats_notInline_neverReachTheReader() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.accepted().getInputStream();
            for (int i = 0; i < HEARTBEATS; i++) {
                pair.client().sendUrgentData(0xff);
                write(pair.client(), "x");
                assertEquals('x', in.read());
            }
        }
    }

    @Test
    void urgentByte_notInline_isNothingForATimedRead() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.accepted().getInputStream();
            pair.accepted().setSoTimeout(100);
            pair.client().sendUrgentData('u');
            assertThrows(SocketTimeoutException.class, in::read);
            assertEquals(0, in.available());
            pair.accepted().setSoTimeout(0);
            write(pair.client(), "v");
            assertEquals('v', in.read());
        }
    }

    @Test
    void urgentByte_notInline_readsStopBeforeIt() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            InputStream in = pair.accepted().getInputStream();
            write(pair.client(), "hello");
            pair.client().sendUrgentData('!');
            write(pair.client(), "world");
            byte[] target = new byte[20];
            assertEquals(5, in.readNBytes(target, 0, 5));
            assertEquals(5, in.readNBytes(target, 5, 5));
            assertEquals("helloworld", new String(target, 0, 10, US_ASCII));
        }
    }

    @Test
    void urgentByte_last_thenEnd() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            write(pair.client(), "a");
            pair.client().sendUrgentData('u');
            pair.client().close();
            assertEquals("a", readAll(pair.accepted()));
        }
    }

    @Test
    void sendUrgentData_afterShutdownOutput_brokenPipe() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().shutdownOutput();
            IOException broken =
                    assertThrows(IOException.class, () -> pair.client().sendUrgentData(1));
            assertEquals("java.io.IOException: Broken pipe", broken.toString());
        }
    }

    @Test
    void sendUrgentData_closed_socketClosed() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            pair.client().close();
            SocketException closed =
                    assertThrows(SocketException.class, () -> pair.client().sendUrgentData(1));
            assertEquals("Socket closed", closed.getMessage());
        }
    }

    @Test
    void sendUrgentData_notConnected_socketException() throws Exception {
        try (Socket socket = new Socket()) {
            assertThrows(SocketException.class, () -> socket.sendUrgentData(1));
        }
    }

    @Test
    void sendUrgentData_noRoom_waitsForIt() throws Exception {
        try (SocketPair pair = SocketPair.open(world)) {
            OutputStream out = pair.client().getOutputStream();
            byte[] block = new byte[1 << 20];
            Background<Integer> writer = Background.start(() -> {
                for (int i = 0; i < 16; i++) {
                    out.write(block);
                    pair.client().sendUrgentData(1);
                }
                pair.client().shutdownOutput();
                return 0;
            });
            pair.accepted().setOOBInline(true);
            assertEquals(16L * block.length + 16, drain(pair.accepted()));
            assertEquals(0, writer.get());
        }
    }

    private static long drain(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] target = new byte[1 << 16];
        long total = 0;
        for (int count = in.read(target); count >= 0; count = in.read(target)) {
            total += count;
        }
        return total;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
}
