package io.demijohn.spi;

import io.demijohn.engine.Engine;
import org.jspecify.annotations.Nullable;

/**
 * The way that one connect takes.
 *
 * @param engine whose stack carries it, or null for the kernel
 * @param reason why
 */
public record Route(@Nullable Engine engine, RouteReason reason) {
    static Route kernel(RouteReason reason) {
        return new Route(null, reason);
    }

    public boolean isKernel() {
        return engine == null;
    }
}
