package io.demijohn.linux.loss;

/**
 * What became of the frames that entered a bridge; exact once it is closed.
 *
 * @param entered all of them
 * @param delivered given to the other end
 * @param lost as planned
 * @param queueFull dropped as planned: the wire's queue was full
 * @param ignored neither ARP nor TCP over IPv4
 * @param accidents lost for want of a slot, refused by the other end, or dropped by the kernel before the bridge: must be 0
 * @param late delivered more than {@link #LATE_NANOS} after they were due, because this host was busy
 */
record BridgeCounters(
        long entered, long delivered, long lost, long queueFull, long ignored, long accidents, long late) {
    static final long LATE_NANOS = 1_000_000;

    @Override
    public String toString() {
        return "frames " + entered + ", delivered " + delivered + ", lost " + lost + ", queue full " + queueFull
                + ", ignored " + ignored + ", accidents " + accidents + ", late " + late;
    }
}
