/**
 * The simulator: whole stacks in virtual time over a wire with faults, everything from one seed.
 *
 * <p>Floor: datapath/sim, main code above the stack; imports {@code io.demijohn.stack} and {@code io.demijohn.device}. One
 * thread runs a world; nothing here reads a clock, sleeps or draws from chance but the seed. A failure says the seed and
 * the command that replays it.
 *
 * <p>Packet scripts, one stack against a written peer, are in {@link io.demijohn.sim.script}.
 */
@NullMarked
package io.demijohn.sim;

import org.jspecify.annotations.NullMarked;
