package io.demijohn.sim.script;

import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpTunable;
import java.util.Map;

/**
 * The settings of a script's {@code with} lines, made into a configuration: {@code mtu}, {@code ip} (4 or 6), {@code
 * buffers} and the labels of {@link TcpTunable}; values are seconds, bytes, counts or, where a tunable has some, its words alone.
 */
final class ScriptSettings {
    private static final int DEFAULT_MTU_BYTES = 1500;
    private static final int DEFAULT_BUFFERS = 1024;
    private static final double NANOS_PER_SECOND = 1e9;

    private int mtuBytes = DEFAULT_MTU_BYTES;
    private int buffers = DEFAULT_BUFFERS;
    private boolean six;
    private TcpConfig tcp = TcpConfig.defaults();

    ScriptSettings(Map<String, String> values) {
        for (Map.Entry<String, String> setting : values.entrySet()) {
            set(setting.getKey(), setting.getValue());
        }
    }

    int mtuBytes() {
        return mtuBytes;
    }

    /** Returns how many packet buffers the stack has. */
    int buffers() {
        return buffers;
    }

    /** Returns whether the script runs over IPv6. */
    boolean six() {
        return six;
    }

    TcpConfig tcp() {
        return tcp;
    }

    private void set(String name, String value) {
        switch (name) {
            case "mtu" -> mtuBytes = Integer.parseInt(value);
            case "buffers" -> buffers = Integer.parseInt(value);
            case "ip" -> six = value.equals("6");
            default -> tune(name, value);
        }
    }

    private void tune(String name, String value) {
        for (TcpTunable tunable : TcpTunable.values()) {
            if (tunable.label().equals(name)) {
                tcp = tcp.with(tunable, parse(tunable, value));
                return;
            }
        }
        throw new ScriptException("unknown setting " + name);
    }

    private static long parse(TcpTunable tunable, String value) {
        return switch (tunable.unit()) {
            case NANOS -> Math.round(Double.parseDouble(value) * NANOS_PER_SECOND);
            case BYTES, COUNT -> Long.parseLong(value);
            case WORD -> {
                int word = tunable.words().indexOf(value);
                if (word < 0) {
                    throw new ScriptException(tunable.label() + " is one of " + tunable.words());
                }
                yield word;
            }
        };
    }
}
