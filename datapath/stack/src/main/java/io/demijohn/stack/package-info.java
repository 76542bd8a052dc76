/**
 * The stack's face to the engine: configuration, addresses, counters and the facade {@link io.demijohn.stack.Stack}.
 *
 * <p>Floor: datapath/stack, which knows no thread, clock, socket or driver. Imports its own sub-packages and {@code
 * io.demijohn.device}; nothing above.
 */
@NullMarked
package io.demijohn.stack;

import org.jspecify.annotations.NullMarked;
