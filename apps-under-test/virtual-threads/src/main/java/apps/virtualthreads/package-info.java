/** Thousands of virtual threads that block in socket calls. */
@NullMarked
package apps.virtualthreads;

import org.jspecify.annotations.NullMarked;
