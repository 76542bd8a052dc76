package io.demijohn.sim.script;

import io.demijohn.sim.Pattern;
import io.demijohn.sim.script.Packet.Kind;
import io.demijohn.sim.script.ScriptedNetwork.Received;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The peer of a script: turns packets into frames and back, each connection through its {@link PeerFlow}.
 *
 * <p>Owned by one {@link ScriptRunner}; one thread.
 */
final class ScriptedPeer {
    private static final int FIRST_PORT = 5000;
    private static final int STACK_PORT = 80;
    private static final int QUOTED_BYTES = 8;
    private static final int QUOTED_PACKET_BYTES = 60;
    private static final int UDP_BYTES = 8;
    private static final int UDP_QUOTED_BYTES = 20;
    private static final int ICMP_BYTES = 8;
    /** Identifier and number of an echo request. */
    private static final int ECHO_NUMBERS = 0x1234_0001;

    private final ScriptedNetwork network;
    private final Pattern ours;
    private final Pattern stacks;
    private final List<PeerFlow> flows = new ArrayList<>();

    /** Makes a peer that sends {@code ours} and expects {@code stacks}. */
    ScriptedPeer(ScriptedNetwork network, Pattern ours, Pattern stacks) {
        this.network = network;
        this.ours = ours;
        this.stacks = stacks;
    }

    /** The stack connects from {@code stackPort}: a new connection of that name. */
    void connected(String name, int host, int peerPort, int stackPort) {
        flows.removeIf(flow -> flow.name.equals(name)
                || (flow.host == host && flow.peerPort == peerPort && flow.stackPort == stackPort));
        flows.add(new PeerFlow(name, host, peerPort, stackPort, ours, stacks));
    }

    /** Returns the connection of that name, made at its first use: from a port of its own to the stack's port 80. */
    PeerFlow flow(String name) {
        for (PeerFlow flow : flows) {
            if (flow.name.equals(name)) {
                return flow;
            }
        }
        int port = FIRST_PORT + name.charAt(0) - PacketText.DEFAULT_FLOW.charAt(0);
        PeerFlow made = new PeerFlow(name, ScriptedNetwork.PEER_HOST, port, STACK_PORT, ours, stacks);
        flows.add(made);
        return made;
    }

    /** Returns the frame that carries {@code packet} to the stack. */
    byte[] encode(Packet packet) {
        PeerFlow flow = flow(packet.flow);
        flow.host = packet.get(Field.HOST, flow.host);
        flow.peerPort = packet.kind == Kind.ICMP ? flow.peerPort : packet.get(Field.FROM, flow.peerPort);
        return switch (packet.kind) {
            case TCP -> network.frame(packet, ScriptedNetwork.TCP, flow.host, flow.encode(packet), 16);
            case UDP -> network.frame(packet, ScriptedNetwork.UDP, flow.host, datagram(packet, flow), 6);
            case ICMP -> network.frame(packet, network.icmpProtocol(), flow.host, message(packet, flow), 2);
        };
    }

    /** Returns the packet in a frame from the stack, or null if it carries none. Fails if anything in it is wrong. */
    @Nullable
    Packet decode(byte[] frame) {
        Received received = network.open(frame);
        if (received == null) {
            return null;
        }
        byte[] bytes = received.transport;
        if (received.protocol == network.icmpProtocol()) {
            IcmpKind kind = IcmpKind.of(bytes[0] & 0xff, bytes[1] & 0xff, network.six());
            Packet packet = new Packet(Kind.ICMP, PacketText.DEFAULT_FLOW);
            packet.icmp = kind;
            return kind.isEcho() ? packet.with(Field.LEN, echoed(bytes)) : packet;
        }
        ByteBuffer ports = ByteBuffer.wrap(bytes);
        int from = ports.getShort(0) & 0xffff;
        int to = ports.getShort(2) & 0xffff;
        if (received.protocol == ScriptedNetwork.UDP) {
            int length = bytes.length - UDP_BYTES;
            ScriptedNetwork.require(stacks.mismatch(0, bytes, UDP_BYTES, length) < 0, "datagram");
            Packet packet = new Packet(Kind.UDP, PacketText.DEFAULT_FLOW);
            return packet.with(Field.LEN, length).with(Field.FROM, from).with(Field.TO, to);
        }
        ScriptedNetwork.require(received.protocol == ScriptedNetwork.TCP, "protocol " + received.protocol);
        return received.describe(find(received.host, to, from).decode(bytes));
    }

    /** Returns how many bytes of our own come back. */
    private int echoed(byte[] message) {
        int length = message.length - ICMP_BYTES;
        boolean own = ByteBuffer.wrap(message).getInt(Integer.BYTES) == ECHO_NUMBERS
                && ours.mismatch(0, message, ICMP_BYTES, length) < 0;
        ScriptedNetwork.require(own, "echo reply");
        return length;
    }

    private PeerFlow find(int host, int peerPort, int stackPort) {
        PeerFlow nearest = null;
        for (PeerFlow flow : flows) {
            if (flow.host == host && flow.peerPort == peerPort) {
                if (flow.stackPort == stackPort) {
                    return flow;
                }
                nearest = flow;
            }
        }
        if (nearest == null) {
            throw new ScriptException(
                    "the stack sent from port " + stackPort + " to nobody: host " + host + " port " + peerPort);
        }
        return nearest;
    }

    private byte[] datagram(Packet packet, PeerFlow flow) {
        ByteBuffer bytes = ByteBuffer.allocate(UDP_BYTES + packet.get(Field.LEN, 0));
        bytes.putShort((short) flow.peerPort).putShort((short) packet.get(Field.TO, STACK_PORT));
        bytes.putShort((short) packet.get(Field.OFFSET, bytes.capacity())).putShort((short) 0);
        bytes.put(ours.array(), 0, bytes.remaining());
        return bytes.array();
    }

    private byte[] message(Packet packet, PeerFlow flow) {
        IcmpKind kind = packet.icmp;
        if (kind == null) {
            throw new ScriptException("an ICMP message needs a kind");
        }
        int echoBytes = packet.get(Field.LEN, 0);
        byte[] quote = kind.isEcho() ? Arrays.copyOf(ours.array(), echoBytes) : quote(packet, flow);
        ByteBuffer bytes = ByteBuffer.allocate(ICMP_BYTES + quote.length);
        bytes.put((byte) kind.type(network.six()))
                .put((byte) kind.code(network.six()))
                .putShort((short) 0);
        return bytes.putInt(kind.isEcho() ? ECHO_NUMBERS : packet.get(Field.MTU, 0))
                .put(quote)
                .array();
    }

    /** The packet of the stack that an error is about: its IP header and the first bytes of its transport header. */
    private byte[] quote(Packet packet, PeerFlow flow) {
        boolean udp = packet.quoted == Kind.UDP;
        byte[] header = network.quotedHeader(
                udp ? ScriptedNetwork.UDP : ScriptedNetwork.TCP,
                flow.host,
                packet.get(Field.QUOTED, QUOTED_PACKET_BYTES));
        ByteBuffer quote = ByteBuffer.allocate(header.length + QUOTED_BYTES);
        quote.put(header).putShort((short) packet.get(Field.FROM, flow.stackPort));
        quote.putShort((short) packet.get(Field.TO, flow.peerPort));
        quote.putInt(udp ? UDP_QUOTED_BYTES << 16 : flow.stackSequence(packet.get(Field.SEQ, 0)));
        return quote.array();
    }
}
