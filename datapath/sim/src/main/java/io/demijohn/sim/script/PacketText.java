package io.demijohn.sim.script;

import io.demijohn.sim.script.Packet.Kind;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Reads a packet from the words of a script's third column; no state. */
final class PacketText {
    /** Name of the connection of lines that name none. */
    static final String DEFAULT_FLOW = "a";

    private static final Map<String, Integer> ECN_BITS = Map.of("ect0", 2, "ect1", 1, "ce", 3, "not-ect", 0);

    private PacketText() {}

    /** Returns whether the word names a connection: one small letter. */
    static boolean isFlow(String word) {
        return word.length() == 1 && word.charAt(0) >= 'a' && word.charAt(0) <= 'z';
    }

    /** Reads a packet; throws {@link IllegalArgumentException} with what is wrong. */
    static Packet parse(List<String> words) {
        boolean named = !words.isEmpty() && isFlow(words.get(0));
        String flow = named ? words.get(0) : DEFAULT_FLOW;
        List<String> rest = named ? words.subList(1, words.size()) : words;
        Kind kind = rest.isEmpty() ? Kind.TCP : kind(rest.get(0));
        Packet packet = new Packet(kind, flow);
        Iterator<String> each = rest.iterator();
        if (kind != Kind.TCP) {
            each.next();
        }
        while (each.hasNext()) {
            String word = each.next();
            if (kind == Kind.ICMP && packet.icmp == null) {
                packet.icmp = IcmpKind.of(word);
            } else {
                take(packet, word, each);
            }
        }
        return packet;
    }

    private static Kind kind(String word) {
        return switch (word) {
            case "udp" -> Kind.UDP;
            case "icmp" -> Kind.ICMP;
            default -> Kind.TCP;
        };
    }

    private static void take(Packet packet, String word, Iterator<String> more) {
        int bit = Packet.FLAG_NAMES.indexOf(word);
        Integer ecn = ECN_BITS.get(word);
        Field field = Field.of(word);
        if (bit >= 0) {
            packet.flags |= 1 << bit;
        } else if (ecn != null) {
            packet.with(Field.ECN, ecn);
        } else if (word.equals("sackok")) {
            packet.with(Field.SACKOK, 1);
        } else if (field == Field.TS) {
            packet.with(Field.TS, number(next(word, more))).with(Field.ECHO, number(next(word, more)));
        } else if (field != null) {
            packet.with(field, number(next(word, more)));
        } else {
            takeOther(packet, word, more);
        }
    }

    private static void takeOther(Packet packet, String word, Iterator<String> more) {
        switch (word) {
            case "sack" -> {
                for (String edge : next(word, more).split("[,:]", -1)) {
                    packet.sack.add(Integer.parseInt(edge));
                }
            }
            case "opt" -> addOption(packet, next(word, more));
            case "raw" -> addRaw(packet, HexFormat.of().parseHex(next(word, more)));
            case "wrong" -> packet.wrong.add(next(word, more));
            case "no" -> {
                String absent = next(word, more);
                Field field = Field.of(absent);
                if (absent.equals("sack")) {
                    packet.sack.add(Packet.ABSENT);
                } else if (absent.equals("PSH")) {
                    packet.wrong.add(Packet.NO_PUSH);
                } else if (absent.equals("checksum")) {
                    packet.wrong.add("no-checksum");
                } else if (field != null) {
                    packet.with(field, Packet.ABSENT);
                } else {
                    throw new IllegalArgumentException("no " + absent);
                }
            }
            case "about" -> packet.quoted = kind(next(word, more));
            default -> throw new IllegalArgumentException("unknown word " + word);
        }
    }

    /** {@code KIND:LEN}: an option of that length whose bytes are 0. */
    private static void addOption(Packet packet, String text) {
        int colon = text.indexOf(':');
        byte[] option = new byte[Integer.parseInt(text.substring(colon + 1))];
        option[0] = (byte) Integer.parseInt(text.substring(0, colon));
        option[1] = (byte) option.length;
        addRaw(packet, option);
    }

    private static void addRaw(Packet packet, byte[] bytes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(packet.rawOptions);
        all.writeBytes(bytes);
        packet.rawOptions = all.toByteArray();
    }

    private static int number(String word) {
        return switch (word) {
            case "any" -> Packet.ANY;
            case "last" -> Packet.LAST;
            default -> Integer.parseInt(word);
        };
    }

    private static String next(String word, Iterator<String> more) {
        if (!more.hasNext()) {
            throw new IllegalArgumentException(word + " without a value");
        }
        return more.next();
    }
}
