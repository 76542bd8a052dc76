/**
 * TCP: connections, listeners and the queues between them and the application (RFC 9293).
 *
 * <p>Imports the wire formats, the timer wheel and {@code ip.IpOutput} beside the device SPI. One thread at a time, the
 * engine's driver, touches everything here except the application ends of {@link io.demijohn.stack.tcp.SendQueue} and
 * {@link io.demijohn.stack.tcp.ReceiveQueue}. Nothing here reads a clock, draws a random number or knows a thread.
 */
@NullMarked
package io.demijohn.stack.tcp;

import org.jspecify.annotations.NullMarked;
