package io.demijohn.sim;

/**
 * One connection with a program at each end.
 *
 * @param client the one on the first host
 * @param server the one on the second host
 */
record StreamPair(StreamProgram client, StreamProgram server) {}
