/**
 * The link layer: neighbours and ARP over Ethernet.
 *
 * <p>Floor: datapath/stack. Imports {@code wire}, the addresses and counters of {@code io.demijohn.stack} and {@code
 * io.demijohn.device}.
 */
@NullMarked
package io.demijohn.stack.link;

import org.jspecify.annotations.NullMarked;
