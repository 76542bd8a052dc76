/**
 * The {@code loop:} driver, on the floor of the devices: an in-process wire from a stack back to itself.
 *
 * <p>Imports the device SPI and the JDK alone; nothing above imports it, it is found by ServiceLoader.
 */
@NullMarked
package io.demijohn.device.loop;

import org.jspecify.annotations.NullMarked;
