package io.demijohn.sim.script;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One packet as a script sees it: what it is, which connection it belongs to, and the numbers that it names.
 *
 * <p>A field that is not there was not named (expected) or is not in the packet (observed). Filled by {@link PacketText} or a
 * codec and not changed afterwards.
 */
final class Packet {
    /** Value of an expected field that the packet must not have. */
    static final int ABSENT = Integer.MIN_VALUE;
    /** Value of a field that is there, whatever it is. */
    static final int ANY = Integer.MIN_VALUE + 1;
    /** Echo of the timestamp that came last. */
    static final int LAST = Integer.MIN_VALUE + 2;

    /** In {@link #wrong} of an expected segment that must not push. */
    static final String NO_PUSH = "no-push";

    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;
    static final int URG = 32;
    static final int ECE = 64;
    static final int CWR = 128;
    static final List<String> FLAG_NAMES = List.of("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR");

    /** What transcripts leave out. */
    private static final Map<Field, Integer> USUAL =
            Map.of(Field.UP, 0, Field.RESERVED, 0, Field.ECN, 0, Field.DF, 1, Field.TTL, 64);

    /** What the packet carries. */
    enum Kind {
        TCP,
        UDP,
        ICMP
    }

    final Kind kind;
    /** Name of the connection. */
    final String flow;

    final Map<Field, Integer> fields = new EnumMap<>(Field.class);
    /** Edges of the SACK blocks, two a block. */
    final List<Integer> sack = new ArrayList<>();
    /** What is wrong on purpose, or set apart: {@code checksum}, {@code ip-checksum}, {@code no-checksum}. */
    final List<String> wrong = new ArrayList<>();

    int flags;
    /** Option bytes beyond those that have fields. */
    byte[] rawOptions = {};
    /** What an ICMP message says. */
    @Nullable
    IcmpKind icmp;
    /** The protocol of the packet that an ICMP error quotes. */
    Kind quoted = Kind.TCP;

    Packet(Kind kind, String flow) {
        this.kind = kind;
        this.flow = flow;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    boolean has(Field field) {
        return fields.containsKey(field);
    }

    int get(Field field, int otherwise) {
        return fields.getOrDefault(field, otherwise);
    }

    Packet with(Field field, int value) {
        fields.put(field, value);
        return this;
    }

    /** Returns the segment of the same size that is the {@code index}th behind this one. */
    Packet behind(int index) {
        Packet next = new Packet(kind, flow);
        next.fields.putAll(fields);
        next.sack.addAll(sack);
        next.wrong.addAll(wrong);
        next.flags = flags;
        next.rawOptions = rawOptions;
        next.icmp = icmp;
        next.quoted = quoted;
        next.fields.remove(Field.TIMES);
        return kind == Kind.TCP ? next.with(Field.SEQ, get(Field.SEQ, 0) + index * get(Field.LEN, 0)) : next;
    }

    /** Returns whether {@code actual} is what this one, the expected, names. */
    boolean agrees(Packet actual) {
        if (kind != actual.kind || !flow.equals(actual.flow) || (flags & ~PSH) != (actual.flags & ~PSH)) {
            return false;
        }
        boolean pushWrong = has(PSH) ? !actual.has(PSH) : wrong.contains(NO_PUSH) && actual.has(PSH);
        if (pushWrong || icmp != actual.icmp || get(Field.LEN, 0) != actual.get(Field.LEN, 0)) {
            return false;
        }
        for (Map.Entry<Field, Integer> named : fields.entrySet()) {
            int expected = named.getValue();
            int value = actual.get(named.getKey(), ABSENT);
            boolean fits = expected == ANY ? value != ABSENT : expected == value;
            if (!fits && named.getKey() != Field.LEN && named.getKey() != Field.TIMES) {
                return false;
            }
        }
        boolean noBlocks = sack.size() == 1; // {@code no sack}
        return sack.isEmpty() || sack.equals(actual.sack) || (noBlocks && actual.sack.isEmpty());
    }

    /** Returns the packet in the language of scripts. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(flow.equals(PacketText.DEFAULT_FLOW) ? "" : flow + " ");
        IcmpKind message = icmp;
        text.append(message != null ? "icmp " + message.label() : kind == Kind.UDP ? "udp" : "");
        for (int bit = 0; bit < FLAG_NAMES.size(); bit++) {
            if (has(1 << bit) && bit != 3) {
                text.append(text.length() == 0 || text.toString().endsWith(" ") ? "" : " ")
                        .append(FLAG_NAMES.get(bit));
            }
        }
        for (Map.Entry<Field, Integer> named : fields.entrySet()) {
            if (named.getKey() == Field.ECHO || named.getValue().equals(USUAL.get(named.getKey()))) {
                continue;
            }
            text.append(' ').append(named.getKey().label()).append(' ').append(value(named.getValue()));
            if (named.getKey() == Field.TS) {
                text.append(' ').append(value(get(Field.ECHO, 0)));
            }
        }
        for (int edge = 0; edge + 1 < sack.size(); edge += 2) {
            text.append(edge == 0 ? " sack " : ",")
                    .append(sack.get(edge))
                    .append(':')
                    .append(sack.get(edge + 1));
        }
        return text.toString();
    }

    private static String value(int value) {
        return switch (value) {
            case ABSENT -> "none";
            case ANY -> "any";
            case LAST -> "last";
            default -> String.format(Locale.ROOT, "%d", value);
        };
    }
}
