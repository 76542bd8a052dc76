package io.demijohn.compat.harness;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The base of tests that run on a fresh {@link Rig} each. A contract extends it once; its subclasses say on which rig, and one of
 * them is always the stock kernel.
 */
public abstract class RigTest {
    private @Nullable Rig rig;

    @RegisterExtension
    final AfterTestExecutionCallback transcripts =
            context -> context.getExecutionException().ifPresent(failure -> failure.addSuppressed(rig().transcript()));

    /** Opens the rig of this class. */
    protected abstract Rig openRig();

    /** Returns the running test's rig. */
    protected final Rig rig() {
        return Objects.requireNonNull(rig, "opened before each test");
    }

    @BeforeEach
    final void open() {
        rig = openRig();
    }

    @AfterEach
    final void close() {
        // null if the host could not open one, which skipped the test
        if (rig != null) {
            rig.close();
        }
    }
}
