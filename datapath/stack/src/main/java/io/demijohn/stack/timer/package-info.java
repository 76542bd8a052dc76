/** Timers of the stack: a hierarchical wheel in virtual or real time. Imports the device SPI's checks, nothing else. */
@NullMarked
package io.demijohn.stack.timer;

import org.jspecify.annotations.NullMarked;
