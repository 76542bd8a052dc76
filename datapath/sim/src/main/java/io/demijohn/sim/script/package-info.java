/**
 * Packet scripts: one stack in virtual time against a peer that is written down, packet by packet.
 *
 * <p>Floor: datapath/sim. Imports {@code io.demijohn.stack}, {@code io.demijohn.device} and {@code io.demijohn.sim}.
 *
 * <p>A script is a text of at most 40 lines; its first line, {@code # ...}, says what it proves. The second may
 * claim promises of {@code datapath/promises.txt} ({@code proves ID...}). Every other line has three columns:
 * <em>when</em>, <em>who</em> and <em>what</em>.
 *
 * <pre>
 *   # An active open is answered at once.
 *   with  time-wait 1.0                                        settings come first
 *   0.000 app  connect                                         the application calls
 *   0.000 out  SYN      seq 0 mss 1460                         the stack must send this, now
 *   0.030 in   SYN ACK  seq 0 ack 1 win 65535 mss 1460         the peer sends this
 *   0.030 out  ACK      seq 1 ack 1
 *   +0.1  none                                                 nothing more until then
 *   0.2   app  is connected                                    the application sees this
 * </pre>
 *
 * <ul>
 *   <li><b>when</b>: seconds since the start, {@code +s} after the line before, or, for {@code out}, a span {@code a..b}. An
 *       {@code out} happens at exactly that time; time is virtual, so nothing is approximate.
 *   <li><b>who</b>: {@code app}, {@code in}, {@code out}, {@code none}. Whatever the stack sends must be named by an {@code
 *       out} line, in order, before anything later happens; at the end nothing may be left over and no buffer lost.
 *   <li><b>what</b> of a packet: flags (SYN FIN RST ACK PSH) and pairs {@code seq}, {@code ack}, {@code len}, {@code win},
 *       {@code mss}, {@code scale}, {@code to} (port). Sequence numbers count from each side's SYN as 0. {@code win} is in
 *       bytes, scaling done. Of an {@code out} the flags but PSH, {@code len} (0 if not named) and the pairs that are named
 *       must agree, and its payload must be what the application wrote. An {@code in} needs {@code seq}; {@code win} is 65535
 *       if not named; {@code wrong checksum} breaks it.
 *   <li><b>what</b> of the application: {@code connect}, {@code listen}, {@code accept}, {@code write N}, {@code read N} (so
 *       many wait, and are right), {@code shutdown}, {@code close}, {@code abort}, {@code nodelay}, {@code state NAME},
 *       {@code is} followed by {@code connected}, {@code at-end}, {@code refused}, {@code reset}, {@code timed-out}, {@code
 *       unreachable}, {@code alive} or {@code gone} (out of TCP's table).
 *   <li><b>settings</b>: {@code mtu} and the labels of {@link io.demijohn.stack.tcp.TcpTunable}, such as {@code
 *       delayed-ack}, {@code time-wait}, {@code initial-window}; durations are in seconds.
 * </ul>
 */
@NullMarked
package io.demijohn.sim.script;

import org.jspecify.annotations.NullMarked;
