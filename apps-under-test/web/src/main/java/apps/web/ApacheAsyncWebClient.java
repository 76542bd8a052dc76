package apps.web;

import apps.common.Tls;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.jspecify.annotations.Nullable;

/** Apache HttpClient 5, asynchronous, on selectors; HTTP/1.1 or HTTP/2. */
final class ApacheAsyncWebClient implements WebClient {
    private static final int CONNECTIONS_MAX = 64;
    private static final int ANSWER_SECONDS_MAX = 60;

    private final CloseableHttpAsyncClient client;

    ApacheAsyncWebClient(boolean http2, Tls tls) {
        TlsConfig versions = TlsConfig.custom()
                .setVersionPolicy(http2 ? HttpVersionPolicy.NEGOTIATE : HttpVersionPolicy.FORCE_HTTP_1)
                .build();
        this.client = HttpAsyncClients.custom()
                .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                        .setTlsStrategy(new DefaultClientTlsStrategy(tls.context()))
                        .setDefaultTlsConfig(versions)
                        .setMaxConnPerRoute(CONNECTIONS_MAX)
                        .setMaxConnTotal(CONNECTIONS_MAX)
                        .build())
                .build();
        client.start();
    }

    @Override
    public Answer get(URI uri) throws Exception {
        return send(SimpleRequestBuilder.get(uri).build());
    }

    @Override
    public Answer post(URI uri, byte[] body) throws Exception {
        return send(SimpleRequestBuilder.post(uri)
                .setBody(body, ContentType.APPLICATION_OCTET_STREAM)
                .build());
    }

    private Answer send(SimpleHttpRequest request) throws Exception {
        SimpleHttpResponse response = client.execute(request, null).get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        byte @Nullable [] body = response.getBodyBytes(); // none if it has no bytes
        return new Answer(response.getVersion().toString(), response.getCode(), body == null ? new byte[0] : body);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
