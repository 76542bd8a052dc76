package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.demijohn.compat.harness.AppProcess;
import io.demijohn.compat.harness.Rig;
import io.demijohn.compat.harness.RigTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An address in use and a refused port give the JDK's own exceptions, word for word. */
abstract class TroubleContract extends RigTest {
    /** Nobody listens there: the namespace is the test's own. */
    private static final String CLOSED = Rig.KERNEL + ":9";

    static final List<String> EXCEPTIONS_OF_THE_JDK = List.of(
            "in-use socket: java.net.BindException: Address already in use",
            "in-use channel: java.net.BindException: Address already in use",
            "refused socket: java.net.ConnectException: Connection refused",
            "refused channel: java.net.ConnectException: Connection refused",
            "refused selector: java.net.ConnectException: Connection refused",
            "afterwards: no exception");

    @Test
    void bindAndConnect_thatMustFail_throwTheJdksExceptions() throws Exception {
        List<String> lines =
                rig().ours("trouble", "--host", Rig.OURS, "--closed", CLOSED).awaitSuccess();
        assertEquals(EXCEPTIONS_OF_THE_JDK, lines);
    }

    @Test
    void bindAndConnect_overIpv6_throwTheSame() throws Exception {
        String closed = "[" + Rig.KERNEL_IPV6 + "]:9";
        List<String> lines = rig().ours("trouble", "--host", Rig.OURS_IPV6, "--closed", closed)
                .awaitSuccess();
        assertEquals(EXCEPTIONS_OF_THE_JDK, lines);
    }

    @Test
    void bind_overIpv6InAJvmOfIpv4Alone_throwsTheJdksException() throws Exception {
        List<String> ipv4Alone = List.of("-Djava.net.preferIPv4Stack=true");
        AppProcess refused = rig().oursWith(ipv4Alone, "trouble", "--host", Rig.OURS_IPV6);
        assertEquals(1, refused.awaitExit(), refused::transcript);
        assertTrue(
                refused.err().stream()
                        .anyMatch(line -> line.matches( // 17 and 25 differ
                                ".* java.net.SocketException: (P|IPv6 p)rotocol family unavailable")),
                refused::transcript);
    }
}
