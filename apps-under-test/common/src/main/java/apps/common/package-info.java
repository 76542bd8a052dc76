/** What the small programs share: their command line, their lifetime, their keys and their deterministic bytes. */
@NullMarked
package apps.common;

import org.jspecify.annotations.NullMarked;
