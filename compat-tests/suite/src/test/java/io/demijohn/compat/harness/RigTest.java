package io.demijohn.compat.harness;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The base of tests that run on a fresh {@link Rig} each. A contract extends it once; its subclasses say on which rig, and one of
 * them is always the stock kernel.
 */
public abstract class RigTest {
    private Rig rig;

    @RegisterExtension
    final AfterTestExecutionCallback transcripts =
            context -> context.getExecutionException().ifPresent(failure -> failure.addSuppressed(rig().transcript()));

    /** Opens the rig of this class. */
    protected abstract Rig openRig();

    /** Returns the running test's rig. */
    protected final Rig rig() {
        return rig;
    }

    @BeforeEach
    final void open() {
        rig = openRig();
    }

    @AfterEach
    final void close() {
        rig.close();
    }
}
