/**
 * UDP: sockets of the driver thread, their queues and the dispatch to them.
 *
 * <p>Floor: datapath/stack. Imports {@code wire}, {@code ip}, the addresses and counters of {@code io.demijohn.stack} and
 * {@code io.demijohn.device}.
 */
@NullMarked
package io.demijohn.stack.udp;

import org.jspecify.annotations.NullMarked;
