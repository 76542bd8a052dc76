package io.demijohn.sim.script;

import io.demijohn.stack.tcp.TcpConfig;
import java.util.Map;
import java.util.Set;

/** The settings of a script's {@code with} lines, made into a configuration; values are seconds, bytes or counts. */
final class ScriptSettings {
    private static final int DEFAULT_MTU_BYTES = 1500;
    private static final Set<String> KNOWN = Set.of(
            "mtu",
            "delayed-ack",
            "quick-acks",
            "time-wait",
            "rto-min",
            "initial-window",
            "syn-retries",
            "data-retries",
            "receive-buffer",
            "send-buffer");

    private final Map<String, String> values;

    ScriptSettings(Map<String, String> values) {
        for (String name : values.keySet()) {
            if (!KNOWN.contains(name)) {
                throw new ScriptException("unknown setting " + name);
            }
        }
        this.values = values;
    }

    int mtuBytes() {
        return count("mtu", DEFAULT_MTU_BYTES);
    }

    TcpConfig tcp() {
        TcpConfig base = TcpConfig.defaults();
        return new TcpConfig(
                base.rtoInitialNanos(),
                nanos("rto-min", base.rtoMinNanos()),
                base.rtoMaxNanos(),
                nanos("delayed-ack", base.delayedAckNanos()),
                nanos("time-wait", base.timeWaitNanos()),
                base.finWait2Nanos(),
                base.keepAliveIdleNanos(),
                base.keepAliveIntervalNanos(),
                base.keepAliveProbes(),
                count("syn-retries", base.synRetries()),
                base.synAckRetries(),
                count("data-retries", base.dataRetries()),
                count("receive-buffer", base.receiveBufferBytes()),
                count("send-buffer", base.sendBufferBytes()),
                count("initial-window", base.initialWindowSegments()),
                count("quick-acks", base.quickAckSegments()),
                base.reassemblySegmentsMax(),
                base.connectionsMax(),
                base.halfOpenMax(),
                base.timeWaitMax(),
                base.challengeAcksPerSecond(),
                base.ephemeralPortFirst(),
                base.ephemeralPortLast());
    }

    private int count(String name, int otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    private long nanos(String name, long otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Math.round(Double.parseDouble(value) * 1e9);
    }
}
