package io.demijohn.sim.script;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A number that a packet of a script can name, by the word of the language; constants only. */
enum Field {
    /** Sequence number, from its sender's SYN. */
    SEQ,
    /** Acknowledgement number, from the SYN of the side that it acknowledges. */
    ACK,
    /** Payload bytes. */
    LEN,
    /** Window in bytes, scaling done. */
    WIN,
    /** MSS option. */
    MSS,
    /** Window scale option. */
    SCALE,
    /** 1 if the SACK-permitted option is there. */
    SACKOK,
    /** Value of the timestamps option, from its sender's first one. */
    TS,
    /** Echo of the timestamps option, from the first one of the side that it echoes. */
    ECHO,
    /** Urgent pointer. */
    UP,
    /** The four reserved bits of the TCP header. */
    RESERVED,
    /** Data offset in words instead of the right one. */
    OFFSET,
    /** ECN bits of the IP header. */
    ECN,
    /** 1 if the IPv4 header forbids fragmentation. */
    DF,
    /** Time to live or hop limit. */
    TTL,
    /** The IP header's total or payload length instead of the right one. */
    TOTAL,
    /** Bytes after the IP packet, as Ethernet pads. */
    PAD,
    /** Port that the packet comes from. */
    FROM,
    /** Port that it goes to. */
    TO,
    /** Last byte of the peer's address. */
    HOST,
    /** MTU that an ICMP message names. */
    MTU,
    /** Size of the IP packet that an ICMP error quotes, as its header says. */
    QUOTED,
    /** How many such segments there are, each behind the one before. */
    TIMES;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the field of that word, or null. */
    static @Nullable Field of(String word) {
        for (Field field : values()) {
            if (field.label().equals(word)) {
                return field;
            }
        }
        return null;
    }
}
