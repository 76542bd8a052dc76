package apps.web;

import apps.common.Tls;
import java.io.InputStream;
import java.io.OutputStream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Jetty 12 with HTTP/1.1. */
final class JettyWebServer implements WebServer {
    private final Server server;
    private final ServerConnector plain;
    private final ServerConnector secure;

    private JettyWebServer(Server server, ServerConnector plain, ServerConnector secure) {
        this.server = server;
        this.plain = plain;
        this.secure = secure;
    }

    static WebServer start(String host, Tls tls) throws Exception {
        Server server = new Server();
        SslContextFactory.Server keys = new SslContextFactory.Server();
        keys.setSslContext(tls.context());
        ServerConnector plain = new ServerConnector(server, new HttpConnectionFactory());
        ServerConnector secure =
                new ServerConnector(server, new SslConnectionFactory(keys, "http/1.1"), new HttpConnectionFactory());
        for (ServerConnector connector : new ServerConnector[] {plain, secure}) {
            connector.setHost(host);
            server.addConnector(connector);
        }
        server.setHandler(new PageHandler());
        server.start();
        return new JettyWebServer(server, plain, secure);
    }

    @Override
    public int port() {
        return plain.getLocalPort();
    }

    @Override
    public int tlsPort() {
        return secure.getLocalPort();
    }

    @Override
    public void stop() throws Exception {
        server.stop();
    }

    /** Answers every request in a thread that may block. */
    private static final class PageHandler extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            try (InputStream body = Content.Source.asInputStream(request)) {
                Page page = Page.of(Request.getPathInContext(request), body);
                if (page.announcedBytes() >= 0) {
                    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, page.announcedBytes());
                }
                try (OutputStream out = Content.Sink.asOutputStream(response)) {
                    page.writeTo(out);
                }
            }
            callback.succeeded();
            return true;
        }
    }
}
