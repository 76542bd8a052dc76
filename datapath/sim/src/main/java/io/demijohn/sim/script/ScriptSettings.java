package io.demijohn.sim.script;

import io.demijohn.stack.tcp.TcpConfig;
import io.demijohn.stack.tcp.TcpTunable;
import java.util.Map;

/**
 * The settings of a script's {@code with} lines, made into a configuration: {@code mtu} and the labels of {@link
 * TcpTunable}; values are seconds, bytes or counts.
 */
final class ScriptSettings {
    private static final int DEFAULT_MTU_BYTES = 1500;
    private static final double NANOS_PER_SECOND = 1e9;

    private int mtuBytes = DEFAULT_MTU_BYTES;
    private TcpConfig tcp = TcpConfig.defaults();

    ScriptSettings(Map<String, String> values) {
        for (Map.Entry<String, String> setting : values.entrySet()) {
            set(setting.getKey(), setting.getValue());
        }
    }

    int mtuBytes() {
        return mtuBytes;
    }

    TcpConfig tcp() {
        return tcp;
    }

    private void set(String name, String value) {
        if (name.equals("mtu")) {
            mtuBytes = Integer.parseInt(value);
            return;
        }
        for (TcpTunable tunable : TcpTunable.values()) {
            if (tunable.label().equals(name)) {
                boolean seconds = tunable.unit() == TcpTunable.Unit.NANOS;
                double number = Double.parseDouble(value);
                tcp = tcp.with(tunable, Math.round(seconds ? number * NANOS_PER_SECOND : number));
                return;
            }
        }
        throw new ScriptException("unknown setting " + name);
    }
}
