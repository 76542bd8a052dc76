/** Programs and an agent that the tests run in JVMs of their own; they know nothing of Demijohn. */
@NullMarked
package io.demijohn.agent.app;

import org.jspecify.annotations.NullMarked;
