/** Tests of the loop driver. */
@NullMarked
package io.demijohn.device.loop;

import org.jspecify.annotations.NullMarked;
