/**
 * The Internet layer: routes, IPv4 input and output, ICMP.
 *
 * <p>Floor: datapath/stack. Imports {@code wire}, {@code link}, the addresses and counters of {@code io.demijohn.stack}
 * and {@code io.demijohn.device}; never a transport.
 */
@NullMarked
package io.demijohn.stack.ip;

import org.jspecify.annotations.NullMarked;
