package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.RigTest;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One selector with a channel to 127.0.0.1 and one across the wire. */
abstract class MixedSelectorContract extends RigTest {
    /** Returns the address from which our connection across the wire comes: it tells whose stack made it. */
    abstract String wireSource();

    /** Checks what {@code report=exit} says of the ended program. */
    abstract void assertRoutes(AppProcess ours);

    @Test
    void selector_withLoopbackAndWire_servesBoth() throws Exception {
        AppProcess loopbackServer = rig().kernel("echo", "server", "--host", "127.0.0.1");
        AppProcess wireServer = rig().kernel("echo", "server", "--host", Rig.KERNEL);
        String first = "127.0.0.1:" + loopbackServer.awaitLine("ready ");
        String second = Rig.KERNEL + ":" + wireServer.awaitLine("ready ");
        AppProcess ours = rig().ours("mixed-selector", "--first", first, "--second", second);
        List<String> lines = ours.awaitSuccess();
        assertEquals(
                Set.of("pingpong " + first + " OK rounds=1000", "pingpong " + second + " OK rounds=1000"),
                Set.copyOf(lines));
        assertEquals("127.0.0.1", loopbackServer.awaitLine("accepted 1 from "));
        assertEquals(wireSource(), wireServer.awaitLine("accepted 1 from "));
        loopbackServer.awaitLine("end 1 bytes=64000 eof");
        wireServer.awaitLine("end 1 bytes=64000 eof");
        assertRoutes(ours);
    }
}
