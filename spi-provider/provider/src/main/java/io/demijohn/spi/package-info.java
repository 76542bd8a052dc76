/**
 * The spi-provider floor: the JDK's sockets and channels over our engines, and the choice between them and the kernel.
 *
 * <p>May import the engine, the device SPI, the configuration and the JDK's own implementation classes that the agent
 * opens to this module. Nothing below imports it; the agent starts it.
 */
@NullMarked
package io.demijohn.spi;

import org.jspecify.annotations.NullMarked;
