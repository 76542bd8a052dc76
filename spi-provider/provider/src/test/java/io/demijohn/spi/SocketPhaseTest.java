package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SocketPhaseTest {
    @Test
    void kernelAndClosed_areForGood() {
        for (SocketPhase next : SocketPhase.values()) {
            assertFalse(SocketPhase.KERNEL.mayBecome(next));
            assertFalse(SocketPhase.CLOSED.mayBecome(next));
        }
    }

    @Test
    void everyOtherPhase_mayCloseAndNeverStays() {
        for (SocketPhase phase : SocketPhase.values()) {
            boolean last = phase == SocketPhase.KERNEL || phase == SocketPhase.CLOSED;
            assertEquals(!last, phase.mayBecome(SocketPhase.CLOSED), phase.name());
            assertFalse(phase.mayBecome(phase), phase.name());
            assertFalse(phase.mayBecome(SocketPhase.NEW), phase.name());
        }
        assertTrue(SocketPhase.NEW.mayBecome(SocketPhase.CONNECTED), "accepted");
    }
}
