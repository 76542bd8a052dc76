/**
 * The same calls and crafted packets for our stack and for the kernel's, and what they answer side by side.
 *
 * <p>Floor: compat-tests. Imports {@code io.demijohn.linux.host} and {@code io.demijohn.sim.script}. The normal form in which
 * answers are compared is {@link io.demijohn.linux.diff.NormalForm}'s.
 */
@NullMarked
package io.demijohn.linux.diff;

import org.jspecify.annotations.NullMarked;
