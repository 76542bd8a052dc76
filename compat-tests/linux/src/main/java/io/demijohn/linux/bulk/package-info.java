/**
 * Bulk transfers between the kernel's TCP and ours over a tap interface, with its offloads and without.
 *
 * <p>May import every floor up to the engine, and the tap driver.
 */
@NullMarked
package io.demijohn.linux.bulk;

import org.jspecify.annotations.NullMarked;
