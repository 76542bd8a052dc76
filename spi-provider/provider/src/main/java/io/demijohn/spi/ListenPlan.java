package io.demijohn.spi;

import io.demijohn.engine.Engine;
import java.util.List;

/**
 * Where one local address is bound.
 *
 * @param engines each of them listens
 * @param kernel whether the kernel listens too; always true if there is no engine
 * @param reason why
 */
public record ListenPlan(List<Engine> engines, boolean kernel, RouteReason reason) {
    public ListenPlan {
        engines = List.copyOf(engines);
    }

    static ListenPlan kernel(RouteReason reason) {
        return new ListenPlan(List.of(), true, reason);
    }

    static ListenPlan engine(Engine engine, RouteReason reason) {
        return new ListenPlan(List.of(engine), false, reason);
    }

    /** Returns whether the JDK's own socket is all that is needed. */
    public boolean kernelOnly() {
        return engines.isEmpty();
    }
}
