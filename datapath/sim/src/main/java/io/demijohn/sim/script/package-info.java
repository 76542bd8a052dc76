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
 *   <li><b>who</b>: {@code app}, {@code in}, {@code out}, {@code none}, {@code jump}. Whatever the stack sends must be named by
 *       an {@code out} line, in order, before anything later happens; at the end nothing may be left over and no buffer lost.
 *       {@code jump} moves the clock without running what is due in between: it all comes late.
 *   <li><b>what</b> of a packet and of a call may begin with the name of a connection, one small letter; {@code a} if not
 *       named. The peer of a connection that the stack did not open comes from a port of its own (5000, 5001, ...) to port 80.
 *   <li><b>what</b> of a TCP segment: flags (SYN FIN RST ACK PSH URG ECE CWR) and pairs {@code seq}, {@code ack}, {@code len},
 *       {@code win}, {@code up} (urgent pointer), {@code from} and {@code to} (ports), {@code host} (last byte of the peer's
 *       address); options {@code mss N}, {@code scale N}, {@code sackok}, {@code sack A:B,C:D}, {@code ts VALUE ECHO}. Numbers
 *       count from each side's SYN, timestamps from each side's first, as 0; {@code any} is any value, an echo of {@code last}
 *       repeats the stack's last value. {@code win} is in bytes, scaling done. Of the IP header: {@code ect0},
 *       {@code ect1}, {@code ce} or {@code not-ect}, {@code df} 0 or 1, {@code ttl}. Of an {@code out} the flags ({@code PSH} if
 *       named), {@code len} (0 if not named) and what else is named must agree ({@code no ts}: must not be there), and its payload must be what the application wrote. An {@code in}
 *       needs {@code seq}; {@code win} is 65535 if not named. {@code times N}: so many segments, each behind the one before.
 *   <li><b>what</b> of an {@code in} that is odd on purpose: {@code opt KIND:LENGTH} and {@code raw HEX} (options), {@code
 *       reserved BITS}, {@code offset WORDS} (data offset; a UDP length), {@code total BYTES} (IP length), {@code pad BYTES} (after
 *       the packet), {@code wrong checksum}, {@code wrong ip-checksum}, {@code no checksum} (0).
 *   <li><b>what</b> of ICMP and UDP: {@code icmp KIND}, such as {@code port-unreachable}, {@code frag-needed mtu 1300}, {@code
 *       echo len 10}; an error quotes the stack's segment {@code seq N} of the connection, or a datagram, {@code about udp from
 *       PORT to PORT}, in a packet of {@code quoted BYTES}. {@code udp len N from PORT to PORT}.
 *   <li><b>what</b> of the application: {@code listen [backlog N] [nodelay] [keepalive]}, {@code unlisten}, {@code connect [host
 *       N] [to PORT] [from PORT] [nodelay] [keepalive] [fails]}, {@code accept [nothing]}; {@code write N [takes M]}, {@code
 *       read N} (so many wait, and are right), {@code take N} (of more), {@code skip N} (bytes that reads leave out), {@code waiting N}, {@code room N}; {@code urgent}
 *       (writes one urgent byte), {@code urgent-inline}; {@code shutdown},
 *       {@code close}, {@code abort}, {@code nodelay [off]}, {@code push} (look again what may be sent), {@code keepalive
 *       on|off}, {@code keepalive-times IDLE INTERVAL PROBES}, {@code user-timeout SECONDS}, {@code send-buffer N}, {@code
 *       receive-buffer N}; {@code state NAME}, {@code counter NAME N}, {@code connections N}; {@code is} or {@code not} followed by
 *       {@code connected}, {@code at-end}, {@code writable}, {@code refused}, {@code reset}, {@code timed-out}, {@code
 *       unreachable}, {@code alive} or {@code gone} (out of TCP's table); {@code udp bind PORT}, {@code udp connect PORT},
 *       {@code udp send N [to PORT]}, {@code udp read N}, {@code udp empty}, {@code udp is refused|unreachable|fine}, {@code udp
 *       close}.
 *   <li><b>settings</b>: {@code mtu}, {@code ip} (4 or 6; a script that does not say runs over both), {@code buffers} (packet buffers of the stack) and the labels of
 *       {@link io.demijohn.stack.tcp.TcpTunable}, such as {@code delayed-ack}, {@code time-wait}, {@code timestamps}; durations
 *       are in seconds.
 * </ul>
 */
@NullMarked
package io.demijohn.sim.script;

import org.jspecify.annotations.NullMarked;
