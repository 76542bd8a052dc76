package io.demijohn.device;

/**
 * Checks that stay on in production: a failure is a bug of ours and stops the engine that met it.
 *
 * <p>Any thread; allocates only when it fails.
 */
public final class Require {
    private Require() {}

    /** Throws {@link IllegalStateException} with {@code message} unless {@code condition} holds. */
    public static void that(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException("bug: " + message);
        }
    }
}
