/** Datagrams between our stack and the kernel: fragments, path MTU, ICMP and multicast. */
@NullMarked
package io.demijohn.linux.datagram;

import org.jspecify.annotations.NullMarked;
