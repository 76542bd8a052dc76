/** Tests of the lossy bridge and of the transfers over it. */
@NullMarked
package io.demijohn.linux.loss;

import org.jspecify.annotations.NullMarked;
