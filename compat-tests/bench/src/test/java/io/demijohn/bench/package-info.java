/** Tests that hold the hot path to no allocation. */
@NullMarked
package io.demijohn.bench;

import org.jspecify.annotations.NullMarked;
