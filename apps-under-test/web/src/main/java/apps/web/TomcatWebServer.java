package apps.web;

import apps.common.Tls;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** Tomcat with its NIO connector, HTTP/1.1 and HTTP/2. */
final class TomcatWebServer implements WebServer {
    private static final String NIO = "org.apache.coyote.http11.Http11NioProtocol";

    private final Tomcat tomcat;
    private final Connector plain;
    private final Connector secure;

    private TomcatWebServer(Tomcat tomcat, Connector plain, Connector secure) {
        this.tomcat = tomcat;
        this.plain = plain;
        this.secure = secure;
    }

    static WebServer start(String host, Tls tls) throws IOException, LifecycleException {
        Path folder = Files.createTempDirectory("tomcat");
        folder.toFile().deleteOnExit();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        Connector plain = connector(host);
        Connector secure = connector(host);
        secure.setSecure(true);
        secure.setScheme("https");
        secure.setProperty("SSLEnabled", "true");
        secure.addSslHostConfig(keys(tls));
        tomcat.setConnector(plain);
        tomcat.getService().addConnector(secure);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "page", new PageServlet()).addMapping("/*");
        tomcat.start();
        return new TomcatWebServer(tomcat, plain, secure);
    }

    private static Connector connector(String host) {
        Connector connector = new Connector(NIO);
        connector.setProperty("address", host);
        connector.setPort(0);
        connector.addUpgradeProtocol(new Http2Protocol());
        return connector;
    }

    private static SSLHostConfig keys(Tls tls) {
        SSLHostConfig config = new SSLHostConfig();
        SSLHostConfigCertificate certificate = new SSLHostConfigCertificate(config, SSLHostConfigCertificate.Type.EC);
        certificate.setCertificateKeystoreFile(tls.file().toAbsolutePath().toString());
        certificate.setCertificateKeystorePassword(Tls.PASSWORD);
        certificate.setCertificateKeystoreType("PKCS12");
        config.addCertificate(certificate);
        return config;
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
    public void stop() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
    }

    /** Answers GET and POST alike. */
    private static final class PageServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            Page page = Page.of(request.getRequestURI(), request.getInputStream());
            if (page.announcedBytes() >= 0) {
                response.setContentLength(page.announcedBytes());
            }
            page.writeTo(response.getOutputStream());
        }
    }
}
