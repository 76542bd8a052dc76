/**
 * Multicast groups: who of us wants which sources, and telling routers with IGMP and MLD.
 *
 * <p>Floor: datapath/stack. Imports {@code wire}, {@code link}, the addresses and counters of {@code io.demijohn.stack}
 * and {@code io.demijohn.device}; never a transport.
 */
@NullMarked
package io.demijohn.stack.group;

import org.jspecify.annotations.NullMarked;
