/**
 * Real users: frameworks, drivers and servers of others, unmodified, on the stock JDK and under the agent, and the table of
 * {@code MATRIX.md} that says which of them passed where.
 */
@NullMarked
package io.demijohn.compat.users;

import org.jspecify.annotations.NullMarked;
