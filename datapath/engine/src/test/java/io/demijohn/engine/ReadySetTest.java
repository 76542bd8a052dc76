package io.demijohn.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadySetTest {
    private static final int ROUNDS = 3_000;

    @Test
    void register_anyHandle_isPolledOnceAtTheStart() throws Exception {
        try (EngineFixture world = new EngineFixture(0)) {
            ReadySet set = new ReadySet(() -> {}, List.of(world.engine));
            SignalHandle signal = new SignalHandle();
            Registration registration = signal.register(set, "key");
            assertSame(registration, set.poll());
            assertNull(set.poll());
            signal.signal(Ready.ACCEPT);
            signal.signal(Ready.ACCEPT);
            assertSame(registration, set.poll());
            assertNull(set.poll());
            assertEquals(Ready.ACCEPT, signal.ready());
        }
    }

    @Test
    void cancel_ofARegistration_endsItsPosts() throws Exception {
        try (EngineFixture world = new EngineFixture(0)) {
            ReadySet set = new ReadySet(() -> {}, List.of(world.engine));
            SignalHandle signal = new SignalHandle();
            Registration registration = signal.register(set, "key");
            registration.cancel();
            signal.signal(Ready.ACCEPT);
            assertNull(set.poll());
        }
    }

    @Test
    void interest_ofARegistration_limitsItsPosts() throws Exception {
        try (EngineFixture world = new EngineFixture(0)) {
            ReadySet set = new ReadySet(() -> {}, List.of(world.engine));
            SignalHandle signal = new SignalHandle();
            Registration registration = signal.register(set, "key");
            assertSame(registration, set.poll());
            registration.setInterest(0);
            signal.signal(Ready.ACCEPT);
            assertNull(set.poll());
            registration.setInterest(Ready.ERROR);
            assertNull(set.poll());
            registration.setInterest(Ready.ACCEPT); // which holds already
            assertSame(registration, set.poll());
            signal.signal(Ready.ACCEPT);
            assertSame(registration, set.poll());
        }
    }

    @Test
    void beginSleep_afterAPost_refusesToSleep() throws Exception {
        try (EngineFixture world = new EngineFixture(0)) {
            ReadySet set = new ReadySet(() -> {}, List.of(world.engine));
            SignalHandle signal = new SignalHandle();
            signal.register(set, "key");
            assertFalse(set.beginSleep());
            set.endSleep();
            assertNotNull(set.poll());
            assertTrue(set.beginSleep());
            set.endSleep();
        }
    }

    /** One thread selects over a set and sleeps in between, the other echoes: a lost wake-up would end in a timeout. */
    @Test
    void sleep_betweenPolls_losesNoWakeup() throws Exception {
        try (EngineFixture world = new EngineFixture(0)) {
            StreamHandle[] pair = world.pair(world.listen());
            Future<?> echo = CompletableFuture.runAsync(() -> {
                byte[] one = new byte[1];
                for (int round = 0; round < ROUNDS; round++) {
                    EngineFixture.readFully(pair[1], one, 1);
                    EngineFixture.writeFully(pair[1], one, 1);
                }
            });
            Semaphore awake = new Semaphore(0);
            ReadySet set = new ReadySet(awake::release, List.of(world.engine));
            pair[0].register(set, "key");
            byte[] one = new byte[1];
            for (int round = 0; round < ROUNDS; round++) {
                EngineFixture.writeFully(pair[0], one, 1);
                while ((pair[0].ready() & Ready.READ) == 0) {
                    if (set.poll() == null && !set.drive()) {
                        if (set.beginSleep()) {
                            assertTrue(awake.tryAcquire(20, TimeUnit.SECONDS), "woken in round " + round);
                        }
                        set.endSleep();
                    }
                }
                set.leave();
                assertEquals(1, pair[0].read(one, 0, 1));
            }
            echo.get(20, TimeUnit.SECONDS);
        }
    }
}
