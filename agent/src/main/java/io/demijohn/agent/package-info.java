/**
 * The launcher, the only classes of ours on the application's class path: agent entry, command line, and the loader of the
 * module layer that holds everything else.
 *
 * <p>Imports nothing but the JDK; reaches the rest by reflection, through {@code io.demijohn.agent.hook.AgentEntry}.
 */
@NullMarked
package io.demijohn.agent;

import org.jspecify.annotations.NullMarked;
