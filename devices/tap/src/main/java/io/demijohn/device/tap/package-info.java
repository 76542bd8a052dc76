/**
 * The {@code tap:NAME} driver, on the floor of the devices: Ethernet frames to and from the kernel of this host.
 *
 * <p>Imports the device SPI, JNA and the JDK alone; nothing above imports it, it is found by ServiceLoader. It knows no
 * IP address: those are the stack's on our side and the administrator's on the kernel's.
 */
@NullMarked
package io.demijohn.device.tap;

import org.jspecify.annotations.NullMarked;
