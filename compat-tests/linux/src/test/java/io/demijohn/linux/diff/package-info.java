/** The comparison of our stack's answers with the kernel's, as tests. */
@NullMarked
package io.demijohn.linux.diff;

import org.jspecify.annotations.NullMarked;
