package io.demijohn.sim;

import io.demijohn.stack.tcp.TcpConnection;
import io.demijohn.stack.tcp.TcpListener;
import java.util.HashMap;
import java.util.Map;

/**
 * The program that accepts a server's connections and gives each to the stream program made for its client's port: on a
 * wire that loses handshakes they do not come in the order in which they were begun.
 *
 * <p>Run by its host; the world's thread only.
 */
final class Acceptor implements SimProgram {
    private final TcpListener listener;
    private final Map<Integer, StreamProgram> waiting = new HashMap<>();
    private String complaint = "";

    Acceptor(TcpListener listener) {
        this.listener = listener;
    }

    /** The connection from that client port is for {@code program}. */
    void expect(int clientPort, StreamProgram program) {
        waiting.put(clientPort, program);
    }

    @Override
    public void step(SimHost host, long nowNanos) {
        TcpConnection accepted = listener.accept();
        while (accepted != null) {
            StreamProgram program = waiting.remove(accepted.remotePort());
            if (program == null) {
                complaint = "accepted a connection that nobody made: " + accepted.remotePort();
                host.stack().tcp().abort(accepted, nowNanos);
                accepted.receiveQueue().releaseAll();
                accepted.sendQueue().releaseAll();
            } else {
                program.adopt(accepted);
            }
            accepted = listener.accept();
        }
    }

    @Override
    public long wakeNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public boolean ended() {
        return false;
    }

    @Override
    public String complaint() {
        return complaint;
    }
}
