/** Tests of the tap driver; those that need root make a network namespace of their own and leave nothing behind. */
@NullMarked
package io.demijohn.device.tap;

import org.jspecify.annotations.NullMarked;
