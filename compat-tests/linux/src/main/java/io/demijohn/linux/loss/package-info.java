/**
 * Bulk transfers between our stack and the kernel's over a bridge that loses, delays and reorders by seed.
 *
 * <p>Floor: compat-tests. Imports {@code io.demijohn.linux.host}, the engine and what is below it, and {@code
 * io.demijohn.sim} for the bytes sent.
 *
 * <p>{@link io.demijohn.linux.loss.LossMain} runs a point or the whole table; the module's README says how.
 */
@NullMarked
package io.demijohn.linux.loss;

import org.jspecify.annotations.NullMarked;
