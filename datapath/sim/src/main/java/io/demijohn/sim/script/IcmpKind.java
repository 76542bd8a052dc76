package io.demijohn.sim.script;

import java.util.Locale;

/** The ICMP messages that a script can name, with their types and codes of both families; constants only. */
enum IcmpKind {
    ECHO_REPLY(0, 0, 129, 0),
    NET_UNREACHABLE(3, 0, 1, 0),
    HOST_UNREACHABLE(3, 1, 1, 3),
    PROTOCOL_UNREACHABLE(3, 2, 4, 1),
    PORT_UNREACHABLE(3, 3, 1, 4),
    FRAG_NEEDED(3, 4, 2, 0),
    ADMIN_PROHIBITED(3, 13, 1, 1),
    SOURCE_QUENCH(4, 0, -1, 0),
    REDIRECT(5, 1, 137, 0),
    ECHO(8, 0, 128, 0),
    TTL_EXCEEDED(11, 0, 3, 0),
    PARAMETER_PROBLEM(12, 0, 4, 0);

    private final int type;
    private final int code;
    private final int typeOfSix;
    private final int codeOfSix;

    IcmpKind(int type, int code, int typeOfSix, int codeOfSix) {
        this.type = type;
        this.code = code;
        this.typeOfSix = typeOfSix;
        this.codeOfSix = codeOfSix;
    }

    int type(boolean six) {
        return six ? typeOfSix : type;
    }

    int code(boolean six) {
        return six ? codeOfSix : code;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isEcho() {
        return this == ECHO || this == ECHO_REPLY;
    }

    /** Returns the kind of that word; fails if there is none. */
    static IcmpKind of(String word) {
        for (IcmpKind kind : values()) {
            if (kind.label().equals(word)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("unknown message " + word);
    }

    /** Returns the kind of that type and code; fails if scripts have no word for it. */
    static IcmpKind of(int type, int code, boolean six) {
        for (IcmpKind kind : values()) {
            if (kind.type(six) == type && kind.code(six) == code) {
                return kind;
            }
        }
        throw new ScriptException("an ICMP message from the stack has type " + type + " code " + code);
    }
}
