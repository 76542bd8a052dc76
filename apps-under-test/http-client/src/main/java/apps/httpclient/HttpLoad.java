package apps.httpclient;

import apps.common.Arguments;
import apps.common.Bytes;
import apps.common.Latencies;
import java.net.URI;
import java.security.MessageDigest;

/**
 * {@code http-client --url U [--requests N] [--warmup W] [--mode http|plain]}: sends W and then N requests one after the other on
 * one kept connection and prints the measured round trips and a hash over all measured bodies.
 */
public final class HttpLoad {
    private HttpLoad() {}

    /** Runs the client. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "url", "requests", "warmup", "mode");
        URI uri = URI.create(arguments.text("url", "http://127.0.0.1:8080/hello"));
        System.out.println(run(
                uri, arguments.text("mode", "http"), arguments.number("warmup", 0), arguments.number("requests", 200)));
    }

    /** Sends the requests and returns the line that sums them up. */
    public static String run(URI uri, String mode, int warmup, int requests) throws Exception {
        try (Getter getter = mode.equals("plain") ? new PlainGetter(uri) : new JdkGetter(uri)) {
            for (int i = 0; i < warmup; i++) {
                getter.get();
            }
            Latencies latencies = new Latencies(requests);
            MessageDigest digest = Bytes.digest();
            long bodyBytes = 0;
            for (int i = 0; i < requests; i++) {
                long startNanos = System.nanoTime();
                byte[] body = getter.get();
                latencies.add(System.nanoTime() - startNanos);
                digest.update(body);
                bodyBytes += body.length;
            }
            return "requests=" + requests + " mode=" + mode + " bytes=" + bodyBytes + " " + latencies.summary()
                    + " sha256=" + Bytes.hex(digest);
        }
    }
}
