package apps.jettyhello;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A started Jetty server with one connector. Started and stopped by the program's main thread. */
public final class HelloServer {
    private final Server server;
    private final ServerConnector connector;

    private HelloServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /** Starts a server on {@code host}; port 0 lets the system choose. */
    public static HelloServer start(String host, int port) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost(host);
        connector.setPort(port);
        connector.setAcceptQueueSize(128);
        server.addConnector(connector);
        server.setHandler(new HelloHandler());
        server.start();
        return new HelloServer(server, connector);
    }

    /** Returns the port that is really bound. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Stops the server and its threads. */
    public void stop() throws Exception {
        server.stop();
    }
}
