/**
 * PDPIX, the public queue API of Demikernel over the engine's handles: one of the two faces of the datapath.
 *
 * <p>Imports the engine alone. Queues are ints, tokens are longs, completions carry a status.
 */
@NullMarked
package io.demijohn.pdpix;

import org.jspecify.annotations.NullMarked;
