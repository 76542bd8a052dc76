/** Tests of TCP: two instances joined in virtual time, or one against crafted segments. */
@NullMarked
package io.demijohn.stack.tcp;

import org.jspecify.annotations.NullMarked;
