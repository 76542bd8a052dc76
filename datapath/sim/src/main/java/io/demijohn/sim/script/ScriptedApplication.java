package io.demijohn.sim.script;

import io.demijohn.sim.Pattern;
import io.demijohn.stack.Counters;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.Stack;
import io.demijohn.stack.tcp.Tcp;
import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import io.demijohn.stack.tcp.TcpOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The application of a script: one listener at most, connections by name, calls as the script's words say.
 *
 * <p>Owned by one {@link ScriptRunner}; one thread.
 */
final class ScriptedApplication {
    private static final int PORT = 80;
    private static final int BACKLOG = 4;

    private final Stack stack;
    private final Tcp tcp;
    private final ScriptedNetwork network;
    private final ScriptedPeer peer;
    private final ScriptedDatagrams datagrams;
    private final Pattern written;
    private final Pattern expected;
    private final IpAddress own;
    private final Map<String, ScriptedSocket> sockets = new TreeMap<>();
    private @Nullable TcpListener listener;

    ScriptedApplication(Stack stack, ScriptedNetwork network, ScriptedPeer peer, Pattern written, Pattern expected) {
        this.stack = stack;
        this.tcp = stack.tcp();
        this.network = network;
        this.peer = peer;
        this.written = written;
        this.expected = expected;
        this.own = network.address(ScriptedNetwork.STACK_HOST);
        this.datagrams = new ScriptedDatagrams(stack.udp(), network, written, expected);
    }

    /** Does or checks what the words say; fails with a {@link ScriptException}. */
    void act(List<String> words, long nowNanos) {
        boolean named = words.size() > 1 && PacketText.isFlow(words.get(0));
        String name = named ? words.get(0) : PacketText.DEFAULT_FLOW;
        List<String> call = named ? words.subList(1, words.size()) : words;
        switch (call.get(0)) {
            case "listen" -> listen(call);
            case "unlisten" -> unlisten(nowNanos);
            case "connect" -> connect(name, call, nowNanos);
            case "accept" -> accept(name, call);
            case "counter" -> counter(call.get(1), Long.parseLong(call.get(2)));
            case "connections" ->
                require(tcp.connectionCount() == Integer.parseInt(call.get(1)), tcp.connectionCount() + " connections");
            case "udp" -> datagrams.act(call.subList(1, call.size()), nowNanos);
            default -> socket(name).act(call, nowNanos);
        }
    }

    /** Takes the events that the stack has for us. */
    void collect() {
        TcpConnection touched = tcp.nextTouched();
        while (touched != null) {
            for (ScriptedSocket socket : sockets.values()) {
                if (socket.connection == touched) {
                    socket.collect();
                }
            }
            touched = tcp.nextTouched();
        }
        TcpListener pending;
        do {
            pending = tcp.nextTouchedListener();
        } while (pending != null);
    }

    /** Lets go of everything, so that memory can be counted. */
    void end(long nowNanos) {
        unlisten(nowNanos);
        for (ScriptedSocket socket : sockets.values()) {
            socket.end(nowNanos);
        }
        datagrams.end(nowNanos);
    }

    /** Frees the queues of connections that are gone, as the engine does. */
    void release() {
        for (ScriptedSocket socket : sockets.values()) {
            socket.release();
        }
    }

    /** {@code listen [backlog N] [nodelay] [keepalive]}. */
    private void listen(List<String> call) {
        int backlog = call.contains("backlog") ? number(call, "backlog", BACKLOG) : BACKLOG;
        int port = tcp.reservePort(own, PORT, true);
        require(port == PORT, "port not free: " + port);
        listener = tcp.listen(own, PORT, backlog, options(call));
        require(listener != null, "listen gave " + tcp.lastStatus());
    }

    private void unlisten(long nowNanos) {
        TcpListener listening = listener;
        if (listening != null) {
            tcp.close(listening, nowNanos);
            tcp.releasePort(own, PORT);
            listener = null;
        }
    }

    /** {@code connect [host N] [to PORT] [from PORT] [nodelay] [keepalive] [fails]}. */
    private void connect(String name, List<String> call, long nowNanos) {
        int host = number(call, "host", ScriptedNetwork.PEER_HOST);
        int port = number(call, "to", PORT);
        int from = number(call, "from", 0);
        TcpConnection opened = tcp.connect(own, from, false, network.address(host), port, options(call), nowNanos);
        if (call.contains("fails")) {
            require(opened == null, "connect worked");
            return;
        }
        if (opened == null) {
            throw new ScriptException("connect gave " + tcp.lastStatus());
        }
        sockets.put(name, new ScriptedSocket(tcp, opened, written, expected));
        peer.connected(name, host, port, opened.localPort());
    }

    /** {@code accept [nothing]}: the connection must be the one of that name. */
    private void accept(String name, List<String> call) {
        TcpListener listening = listener;
        TcpConnection accepted = listening == null ? null : listening.accept();
        if (call.contains("nothing")) {
            require(accepted == null, "there is one to accept");
            return;
        }
        if (accepted == null) {
            throw new ScriptException("nothing to accept");
        }
        sockets.put(name, new ScriptedSocket(tcp, accepted, written, expected));
        require(
                accepted.remotePort() == peer.flow(name).peerPort,
                "accepted the one from port " + accepted.remotePort());
    }

    private void counter(String name, long wanted) {
        long[] value = {0};
        boolean known = false;
        for (Counters counters : List.of(tcp.counters(), stack.counters())) {
            known |= Arrays.stream(counters.getClass().getFields())
                    .anyMatch(field -> field.getName().equals(name));
            counters.forEachNonZero((each, count) -> value[0] += each.equals(name) ? count : 0);
        }
        require(known, "unknown counter " + name);
        require(value[0] == wanted, name + " is " + value[0]);
    }

    private ScriptedSocket socket(String name) {
        ScriptedSocket socket = sockets.get(name);
        if (socket == null) {
            throw new ScriptException("no connection " + name + " yet");
        }
        return socket;
    }

    private static TcpOptions options(List<String> call) {
        TcpOptions defaults = TcpOptions.DEFAULTS;
        return call.contains("nodelay") || call.contains("keepalive")
                ? new TcpOptions(call.contains("nodelay"), call.contains("keepalive"), 0, 0, 0)
                : defaults;
    }

    static int number(List<String> call, String word, int otherwise) {
        int at = call.indexOf(word);
        return at < 0 ? otherwise : Integer.parseInt(call.get(at + 1));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ScriptException(otherwise);
        }
    }
}
