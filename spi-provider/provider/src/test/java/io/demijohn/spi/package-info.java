/** Tests of the spi-provider; those of the JDK's contracts run on the stock JDK as well as on our transports. */
@NullMarked
package io.demijohn.spi;

import org.jspecify.annotations.NullMarked;
