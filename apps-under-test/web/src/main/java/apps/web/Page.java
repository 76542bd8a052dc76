package apps.web;

import apps.common.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * What every server answers: {@code /bytes/N} with the first N deterministic bytes, and anything else with the length and the
 * SHA-256 of the request's body. Immutable.
 */
final class Page {
    /** A longer page says no length before it is sent. */
    private static final int KNOWN_LENGTH_MAX = 1 << 20;

    private static final int CHUNK_BYTES = 64 << 10;
    private static final String BYTES = "/bytes/";

    private final byte[] content;

    private Page(byte[] content) {
        this.content = content;
    }

    /** Reads the request's body to its end and returns the page of {@code path}. */
    static Page of(String path, InputStream body) throws IOException {
        MessageDigest digest = Bytes.digest();
        long bodyBytes = 0;
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
            digest.update(chunk, 0, count);
            bodyBytes += count;
        }
        if (path.startsWith(BYTES)) {
            return new Page(Bytes.range(0, Integer.parseInt(path.substring(BYTES.length()))));
        }
        return new Page((bodyBytes + " " + Bytes.hex(digest)).getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns the length to announce, or -1 if the page comes in chunks. */
    int announcedBytes() {
        return content.length <= KNOWN_LENGTH_MAX ? content.length : -1;
    }

    /** Writes the whole page. */
    void writeTo(OutputStream out) throws IOException {
        for (int written = 0; written < content.length; written += CHUNK_BYTES) {
            out.write(content, written, Math.min(CHUNK_BYTES, content.length - written));
        }
    }
}
