/** Web servers and web clients of many makers, each behind the same few methods. */
@NullMarked
package apps.web;

import org.jspecify.annotations.NullMarked;
