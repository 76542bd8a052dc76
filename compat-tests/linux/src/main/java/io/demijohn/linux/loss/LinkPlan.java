package io.demijohn.linux.loss;

/**
 * What one direction of a lane does to frames.
 *
 * @param loss probability that a frame is lost after it used its time on the wire; handshakes are exempt
 * @param delayNanos one way, from the end of its sending to its delivery
 * @param reorder probability that a frame is late by {@code lateNanos} more, so that others overtake it
 * @param lateNanos how late
 * @param bitsPerSecond rate of the wire
 * @param queueBytes what may wait for the wire; more is dropped
 */
record LinkPlan(double loss, long delayNanos, double reorder, long lateNanos, double bitsPerSecond, long queueBytes) {}
