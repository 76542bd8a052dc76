/**
 * The agent inside the module layer: enters the JDK, checks that it did, and answers the command line.
 *
 * <p>The top floor; imports the spi-provider floor, the device SPI (for {@code doctor}) and Byte Buddy's ASM. The launcher calls
 * {@link io.demijohn.agent.hook.AgentEntry} by reflection and nothing else here.
 */
@NullMarked
package io.demijohn.agent.hook;

import org.jspecify.annotations.NullMarked;
