package apps.web;

import apps.common.Tls;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's own HttpServer and HttpsServer. */
final class JdkWebServer implements WebServer {
    private static final int BACKLOG = 200;
    private static final int STOP_SECONDS = 1;

    private final ExecutorService threads;
    private final HttpServer plain;
    private final HttpServer secure;

    private JdkWebServer(ExecutorService threads, HttpServer plain, HttpServer secure) {
        this.threads = threads;
        this.plain = plain;
        this.secure = secure;
    }

    static WebServer start(String host, Tls tls) throws IOException {
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer plain = HttpServer.create(new InetSocketAddress(host, 0), BACKLOG);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(host, 0), BACKLOG);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
        for (HttpServer server : new HttpServer[] {plain, secure}) {
            server.createContext("/", JdkWebServer::answer);
            server.setExecutor(threads);
            server.start();
        }
        return new JdkWebServer(threads, plain, secure);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Page page = Page.of(exchange.getRequestURI().getPath(), exchange.getRequestBody());
            exchange.sendResponseHeaders(200, Math.max(page.announcedBytes(), 0)); // 0: in chunks
            try (OutputStream out = exchange.getResponseBody()) {
                page.writeTo(out);
            }
        }
    }

    @Override
    public int port() {
        return plain.getAddress().getPort();
    }

    @Override
    public int tlsPort() {
        return secure.getAddress().getPort();
    }

    @Override
    public void stop() {
        plain.stop(STOP_SECONDS);
        secure.stop(STOP_SECONDS);
        threads.shutdown();
    }
}
