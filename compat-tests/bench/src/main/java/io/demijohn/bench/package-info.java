/**
 * JMH benchmarks of the datapath, beside the compatibility tests: nothing of the product imports them.
 *
 * <p>They see the engine, the stack and the loop device, and measure them as an application's thread meets them.
 */
@NullMarked
package io.demijohn.bench;

import org.jspecify.annotations.NullMarked;
