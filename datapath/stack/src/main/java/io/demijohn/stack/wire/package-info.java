/**
 * Wire formats as static flyweights over native addresses: Ethernet, ARP, IPv4, ICMP, UDP, TCP and the checksum.
 *
 * <p>Floor: datapath/stack. Imports {@code io.demijohn.device.Mem} alone. Nothing here checks bounds: each header says
 * how many bytes its callers must have made sure of.
 */
@NullMarked
package io.demijohn.stack.wire;

import org.jspecify.annotations.NullMarked;
