/**
 * Engines and handles: the floor that knows threads and clocks.
 *
 * <p>An engine is one device queue pair, one stack and its connections; exactly one thread at a time drives it by holding
 * its token. Handles are what the faces above (PDPIX, the JDK surface) hold: readiness bits, byte transfer, waiting.
 * Imports the stack and the device SPI; nothing above, no driver, no JDK socket class.
 */
@NullMarked
package io.demijohn.engine;

import org.jspecify.annotations.NullMarked;
