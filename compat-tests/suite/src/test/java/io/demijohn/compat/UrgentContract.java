package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.RigTest;
import org.junit.jupiter.api.Test;

/** An urgent byte between many others crosses to and from the kernel, and is read inline or left out as the reader chose. */
abstract class UrgentContract extends RigTest {
    @Test
    void urgentByte_toTheKernel_leftOutThere() throws Exception {
        AppProcess server = rig().kernel("urgent", "server", "--host", Rig.KERNEL);
        rig().ours("urgent", "client", "--host", Rig.KERNEL, "--port", server.awaitLine("ready "))
                .awaitSuccess();
        assertEquals("300000 !=0 b=300000", server.awaitLine("a="));
    }

    @Test
    void urgentByte_toTheKernel_readInlineThere() throws Exception {
        AppProcess server = rig().kernel("urgent", "server", "--host", Rig.KERNEL, "--inline", "1");
        rig().ours("urgent", "client", "--host", Rig.KERNEL, "--port", server.awaitLine("ready "))
                .awaitSuccess();
        assertEquals("300000 !=1 b=300000", server.awaitLine("a="));
    }

    @Test
    void urgentByte_fromTheKernel_leftOutHere() throws Exception {
        AppProcess server = rig().ours("urgent", "server", "--host", Rig.OURS);
        rig().kernel("urgent", "client", "--host", Rig.OURS, "--port", server.awaitLine("ready "))
                .awaitSuccess();
        assertEquals("300000 !=0 b=300000", server.awaitLine("a="));
    }

    @Test
    void urgentByte_fromTheKernel_readInlineHere() throws Exception {
        AppProcess server = rig().ours("urgent", "server", "--host", Rig.OURS_IPV6, "--inline", "1");
        rig().kernel("urgent", "client", "--host", Rig.OURS_IPV6, "--port", server.awaitLine("ready "))
                .awaitSuccess();
        assertEquals("300000 !=1 b=300000", server.awaitLine("a="));
    }
}
