package io.demijohn.device;

import java.util.concurrent.locks.ReentrantLock;
import org.apache.commons.pool2.BaseKeyedPooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericKeyedObjectPool;
import org.apache.commons.pool2.impl.GenericKeyedObjectPoolConfig;

/**
 * All the regions of a process, within one bound of bytes: the option {@code memory}.
 *
 * <p>Owned by whoever opens the engines; control plane, any thread. Regions given back are kept by size and given out
 * again as they are; kept ones count within the bound and are freed first when it is reached. No packet comes this way, and
 * nothing runs in the background: no eviction thread, no MBean.
 */
public final class RegionPool implements AutoCloseable {
    private final long boundBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final GenericKeyedObjectPool<Long, Region> regions;
    private long acquiredBytes;
    private long heldBytes;

    /**
     * Makes a pool that holds {@code boundBytes} at most, lent and kept together.
     *
     * @throws IllegalArgumentException if {@code boundBytes} is not positive
     */
    public RegionPool(long boundBytes) {
        if (boundBytes <= 0) {
            throw new IllegalArgumentException("memory=" + boundBytes + ": must be positive");
        }
        this.boundBytes = boundBytes;
        GenericKeyedObjectPoolConfig<Region> config = new GenericKeyedObjectPoolConfig<>();
        config.setJmxEnabled(false);
        config.setBlockWhenExhausted(false);
        config.setMaxTotal(-1); // the bound is in bytes, and ours
        config.setMaxTotalPerKey(-1);
        config.setMaxIdlePerKey(-1);
        this.regions = new GenericKeyedObjectPool<>(new Factory(), config);
    }

    /**
     * Gives a region of {@code bytes}, content undefined, to be given back by {@link #release} and never closed by its user.
     *
     * @throws DeviceException if the bound or the host's memory does not allow it
     * @throws IllegalArgumentException if {@code bytes} is not positive
     */
    public Region acquire(long bytes) throws DeviceException {
        if (bytes <= 0) {
            throw new IllegalArgumentException("region of " + bytes + " bytes: must be positive");
        }
        lock.lock();
        try {
            if (bytes > boundBytes - acquiredBytes) {
                throw new DeviceException("memory=" + boundBytes + ": " + bytes + " bytes more than the "
                        + acquiredBytes + " in use pass the bound; raise memory");
            }
            if (regions.getNumIdle(bytes) == 0 && bytes > boundBytes - heldBytes) {
                regions.clear();
            }
            Region region = borrow(bytes);
            acquiredBytes += bytes;
            return region;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes back a region that {@link #acquire} gave; no device and no buffer pool uses it any more.
     *
     * @throws IllegalStateException if it is not lent by this pool
     */
    public void release(Region region) {
        lock.lock();
        try {
            regions.returnObject(region.bytes(), region);
            acquiredBytes -= region.bytes();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the bytes lent at the moment. */
    public long acquiredBytes() {
        lock.lock();
        try {
            return acquiredBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Frees what is kept; what is lent is freed when it is given back. Idempotent. */
    @Override
    public void close() {
        regions.close();
    }

    private Region borrow(long bytes) throws DeviceException {
        try {
            return regions.borrowObject(bytes);
        } catch (OutOfMemoryError e) {
            throw new DeviceException(
                    "memory=" + boundBytes + ": the host refuses " + bytes + " bytes; lower memory", e);
        } catch (RuntimeException e) {
            throw e; // closed: a bug of the caller
        } catch (Exception e) {
            throw new DeviceException("memory=" + boundBytes + ": no region of " + bytes + " bytes", e);
        }
    }

    /** Makes and frees the regions; its methods run with the lock held, but for a close. */
    private final class Factory extends BaseKeyedPooledObjectFactory<Long, Region> {
        @Override
        public Region create(Long bytes) {
            Region region = Region.allocate(bytes);
            heldBytes += bytes;
            return region;
        }

        @Override
        public PooledObject<Region> wrap(Region region) {
            return new DefaultPooledObject<>(region);
        }

        @Override
        public void destroyObject(Long bytes, PooledObject<Region> pooled) {
            heldBytes -= bytes;
            pooled.getObject().close();
        }
    }
}
