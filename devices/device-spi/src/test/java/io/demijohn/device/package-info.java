/** Tests of the device SPI. */
@NullMarked
package io.demijohn.device;

import org.jspecify.annotations.NullMarked;
