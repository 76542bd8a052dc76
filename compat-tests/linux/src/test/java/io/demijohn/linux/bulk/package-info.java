/** What crosses a tap interface with its offloads and without, as tcpdump sees it. */
@NullMarked
package io.demijohn.linux.bulk;

import org.jspecify.annotations.NullMarked;
