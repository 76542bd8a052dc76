package apps.web;

import apps.common.Tls;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Undertow on XNIO, HTTP/1.1 and HTTP/2. */
final class UndertowWebServer implements WebServer {
    private static final long REQUEST_BYTES_MAX = 64 << 20;

    private final Undertow undertow;

    private UndertowWebServer(Undertow undertow) {
        this.undertow = undertow;
    }

    static WebServer start(String host, Tls tls) {
        Undertow undertow = Undertow.builder()
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, REQUEST_BYTES_MAX)
                .addHttpListener(0, host)
                .addHttpsListener(0, host, tls.context())
                .setHandler(new BlockingHandler(UndertowWebServer::answer))
                .build();
        undertow.start();
        return new UndertowWebServer(undertow);
    }

    private static void answer(HttpServerExchange exchange) throws IOException {
        Page page = Page.of(exchange.getRequestPath(), exchange.getInputStream());
        if (page.announcedBytes() >= 0) {
            exchange.setResponseContentLength(page.announcedBytes());
        }
        page.writeTo(exchange.getOutputStream());
    }

    @Override
    public int port() {
        return port(0);
    }

    @Override
    public int tlsPort() {
        return port(1);
    }

    private int port(int listener) {
        return ((InetSocketAddress) undertow.getListenerInfo().get(listener).getAddress()).getPort();
    }

    @Override
    public void stop() {
        undertow.stop();
    }
}
