package apps.jettyhello;

import apps.common.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers {@code /hello} with a short text and {@code /bytes/N} with the first N deterministic bytes. */
final class HelloHandler extends Handler.Abstract.NonBlocking {
    private static final byte[] HELLO = "hello, world\n".getBytes(StandardCharsets.US_ASCII);
    private static final String BYTES = "/bytes/";
    private static final int BYTES_MAX = 64 << 20;

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        if (path.equals("/hello")) {
            answer(response, "text/plain", HELLO, callback);
            return true;
        }
        int count = path.startsWith(BYTES) ? count(path.substring(BYTES.length())) : -1;
        if (count < 0) {
            return false;
        }
        answer(response, "application/octet-stream", Bytes.range(0, count), callback);
        return true;
    }

    private static int count(String text) {
        try {
            int count = Integer.parseInt(text);
            return count <= BYTES_MAX ? count : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static void answer(Response response, String type, byte[] body, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
