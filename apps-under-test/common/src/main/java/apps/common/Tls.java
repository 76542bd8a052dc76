package apps.common;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** One PKCS 12 file for both ends: the servers show its key, the clients trust its certificate and no other. Any thread. */
public final class Tls {
    /** The password of every such file. */
    public static final String PASSWORD = "password";

    private final Path file;
    private final KeyManagerFactory keys;
    private final SSLContext context;
    private final X509TrustManager trust;

    private Tls(Path file, KeyManagerFactory keys, SSLContext context, X509TrustManager trust) {
        this.file = file;
        this.keys = keys;
        this.context = context;
        this.trust = trust;
    }

    /** Reads the file. */
    public static Tls read(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        TrustManagerFactory trusts = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusts.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusts.getTrustManagers(), null);
        for (TrustManager manager : trusts.getTrustManagers()) {
            if (manager instanceof X509TrustManager trust) {
                return new Tls(file, keys, context, trust);
            }
        }
        throw new GeneralSecurityException("no X.509 trust manager");
    }

    /** Returns the file itself. */
    public Path file() {
        return file;
    }

    /** Returns what shows the key. */
    public KeyManagerFactory keys() {
        return keys;
    }

    /** Returns a context for either end. */
    public SSLContext context() {
        return context;
    }

    /** Returns what trusts the certificate. */
    public X509TrustManager trust() {
        return trust;
    }
}
