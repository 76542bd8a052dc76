package io.demijohn.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.management.ManagementFactory;
import java.util.Set;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** What the pool lends, keeps and refuses. */
final class RegionPoolTest {
    private static final long BOUND_BYTES = 16_384;
    private final RegionPool pool = new RegionPool(BOUND_BYTES);

    @Test
    void released_acquiredAgain_isTheSameRegion() throws DeviceException {
        Region region = pool.acquire(4096);
        pool.release(region);
        assertEquals(0, pool.acquiredBytes());
        Region again = pool.acquire(4096);
        assertSame(region, again);
        assertEquals(4096, pool.acquiredBytes());
        pool.release(again);
        pool.close();
    }

    @Test
    void boundPassed_acquire_saysWhatToRaise() throws DeviceException {
        Region region = pool.acquire(10_000);
        DeviceException refused = assertThrows(DeviceException.class, () -> pool.acquire(6_385));
        assertEquals(
                "memory=16384: 6385 bytes more than the 10000 in use pass the bound; raise memory",
                refused.getMessage());
        Region rest = pool.acquire(6_384);
        assertEquals(BOUND_BYTES, pool.acquiredBytes());
        pool.release(rest);
        pool.release(region);
        pool.close();
    }

    @Test
    void keptRegions_otherSizeAcquired_areFreedForIt() throws DeviceException {
        Region kept = pool.acquire(12_000);
        pool.release(kept);
        Region other = pool.acquire(12_001);
        assertEquals(12_001, pool.acquiredBytes());
        pool.release(other);
        pool.close();
    }

    @Test
    void hostileSizes_acquire_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> pool.acquire(0));
        assertThrows(IllegalArgumentException.class, () -> pool.acquire(-1));
        assertThrows(DeviceException.class, () -> pool.acquire(Long.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> new RegionPool(0).close());
    }

    @Test
    void releasedTwiceOrForeign_isRefusedAndNotCounted() throws DeviceException {
        Region region = pool.acquire(4096);
        pool.release(region);
        assertThrows(IllegalStateException.class, () -> pool.release(region));
        try (Region foreign = Region.allocate(4096)) {
            assertThrows(IllegalStateException.class, () -> pool.release(foreign));
        }
        assertEquals(0, pool.acquiredBytes());
        pool.close();
    }

    @Test
    void used_noMBeanAndNoThreadOfItsOwn() throws Exception {
        pool.release(pool.acquire(4096));
        Set<ObjectName> beans = ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("org.apache.commons.pool2:*"), null);
        assertEquals(Set.of(), beans);
        long evictors = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("commons-pool"))
                .count();
        assertEquals(0, evictors);
        pool.close();
    }
}
