package io.demijohn.sim.script;

import io.demijohn.device.Mem;
import io.demijohn.device.PacketBuffer;
import io.demijohn.sim.Pattern;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.udp.Udp;
import io.demijohn.stack.udp.UdpSocket;
import io.demijohn.stack.udp.UdpStatus;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The UDP calls of a script, {@code udp bind|connect|send|read|empty|is|close}: one socket.
 *
 * <p>Owned by the {@link ScriptedApplication}; one thread. Every datagram is the beginning of its side's pattern.
 */
final class ScriptedDatagrams {
    private static final int RECEIVE_BYTES = 1 << 18;

    private final Udp udp;
    private final ScriptedNetwork network;
    private final Pattern written;
    private final Pattern expected;
    private @Nullable UdpSocket socket;

    ScriptedDatagrams(Udp udp, ScriptedNetwork network, Pattern written, Pattern expected) {
        this.udp = udp;
        this.network = network;
        this.written = written;
        this.expected = expected;
    }

    /** Does or checks what the words say; fails with a {@link ScriptException}. */
    void act(List<String> words, long nowNanos) {
        String argument = words.size() > 1 ? words.get(1) : "";
        IpAddress peer = network.address(ScriptedNetwork.PEER_HOST);
        switch (words.get(0)) {
            case "bind" -> {
                socket = udp.bind(
                        network.address(ScriptedNetwork.STACK_HOST), Integer.parseInt(argument), false, RECEIVE_BYTES);
                require(socket != null, "bind gave " + udp.lastStatus());
            }
            case "connect" -> socket().connect(peer, Integer.parseInt(argument));
            case "send" -> {
                ByteBuffer payload = ByteBuffer.wrap(written.array(), 0, Integer.parseInt(argument));
                int port = words.size() > 3 ? Integer.parseInt(words.get(3)) : socket().remotePort();
                int sent = udp.send(socket(), peer.high(), peer.low(), port, payload, nowNanos);
                require(sent == Integer.parseInt(argument), "send gave " + sent);
            }
            case "read" -> read(Integer.parseInt(argument));
            case "empty" -> require(socket().waiting() == 0, socket().waiting() + " datagrams wait");
            case "is" -> {
                int error = socket().takeError();
                int wanted = argument.equals("refused") ? UdpStatus.REFUSED : UdpStatus.UNREACHABLE;
                require(argument.equals("fine") ? error == 0 : error == wanted, "error " + error);
            }
            case "close" -> end(nowNanos);
            default -> throw new ScriptException("unknown call udp " + words);
        }
    }

    /** Closes the socket if there is one. */
    void end(long nowNanos) {
        UdpSocket open = socket;
        if (open != null) {
            udp.close(open, nowNanos);
        }
        while (udp.nextTouched() != null) {
            // as an engine does
        }
    }

    private void read(int bytes) {
        PacketBuffer datagram = socket().poll();
        if (datagram == null) {
            throw new ScriptException("no datagram waits");
        }
        byte[] payload = new byte[datagram.length()];
        Mem.copyOut(datagram.address(), payload, 0, payload.length);
        datagram.release();
        require(payload.length == bytes, payload.length + " bytes came");
        require(expected.mismatch(0, payload, 0, bytes) < 0, "bytes read differ");
    }

    private UdpSocket socket() {
        UdpSocket open = socket;
        if (open == null) {
            throw new ScriptException("no datagram socket yet");
        }
        return open;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ScriptException(otherwise);
        }
    }
}
