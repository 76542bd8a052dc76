/** Tests of the timer wheel. */
@NullMarked
package io.demijohn.stack.timer;

import org.jspecify.annotations.NullMarked;
