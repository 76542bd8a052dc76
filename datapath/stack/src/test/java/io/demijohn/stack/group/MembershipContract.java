package io.demijohn.stack.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.stack.IpAddress;
import io.demijohn.stack.TestHost;
import io.demijohn.stack.udp.UdpGroups;
import io.demijohn.stack.udp.UdpSocket;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;

/** A host with one socket that joins groups, and looks at what it sends; after each test nothing is lost. */
abstract class MembershipContract {
    static final int IS_IN = 1;
    static final int IS_EX = 2;
    static final int TO_IN = 3;
    static final int TO_EX = 4;
    static final int ALLOW = 5;
    static final int BLOCK = 6;

    final TestHost host;
    final UdpGroups groups;
    final UdpSocket socket;

    MembershipContract(TestHost host) {
        this.host = host;
        this.groups = host.stack.udp().groups();
        this.socket = Objects.requireNonNull(host.stack.udp().bind(IpAddress.ANY, 2000, true, 1 << 16));
    }

    @AfterEach
    final void nothingIsLost() {
        host.stack.udp().close(socket, host.nowNanos);
        host.sent();
        assertEquals(host.pool.count(), host.pool.freeCount());
        host.close();
    }

    /** Lets every report be repeated as often as it will. */
    final void settle() {
        elapseSeconds(host, 12);
        host.sent();
    }

    static void elapseSeconds(TestHost host, int seconds) {
        for (int second = 0; second < seconds; second++) {
            host.elapse(TestHost.SECOND);
        }
    }

    /** Returns the only frame sent within that time, as soon as it is sent. */
    final byte[] elapseUntilSent(long limitNanos) {
        for (int step = 0; step < 1000; step++) {
            host.elapse(limitNanos / 1000);
            List<byte[]> sent = host.sent();
            if (!sent.isEmpty()) {
                assertEquals(1, sent.size());
                return sent.get(0);
            }
        }
        throw new AssertionError("nothing sent");
    }

    /** Returns the only frame that was sent. */
    final byte[] only() {
        List<byte[]> sent = host.sent();
        assertEquals(1, sent.size());
        return sent.get(0);
    }
}
