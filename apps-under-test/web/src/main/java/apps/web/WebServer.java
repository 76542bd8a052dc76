package apps.web;

import apps.common.Tls;

/** A started server with two listeners on one host, plain and TLS; made and stopped by the program's main thread. */
interface WebServer {
    /** Returns the port for HTTP. */
    int port();

    /** Returns the port for HTTPS. */
    int tlsPort();

    /** Ends what is being answered, closes every connection and ends the server's threads. */
    void stop() throws Exception;

    /** Starts the server of that name on ports of the system's choice. */
    static WebServer start(String name, String host, Tls tls) throws Exception {
        return switch (name) {
            case "jdk" -> JdkWebServer.start(host, tls);
            case "jetty" -> JettyWebServer.start(host, tls);
            case "tomcat" -> TomcatWebServer.start(host, tls);
            case "undertow" -> UndertowWebServer.start(host, tls);
            default -> throw new IllegalArgumentException("server: one of jdk, jetty, tomcat, undertow");
        };
    }
}
