/**
 * What holds for the whole project: the floors, the house style, and what unmodified programs see under the agent.
 *
 * <p>Sees everything; nothing depends on it. Programs run as processes of their own, never in the test's JVM.
 */
@NullMarked
package io.demijohn.compat;

import org.jspecify.annotations.NullMarked;
