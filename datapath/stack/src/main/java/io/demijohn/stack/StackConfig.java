package io.demijohn.stack;

import io.demijohn.device.Capabilities;
import io.demijohn.stack.tcp.TcpConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

public record StackConfig(
        long macAddress,
        List<LocalNetwork> networks,
        @Nullable IpAddress gateway,
        int mtuBytes,
        boolean resolveNeighbours,
        Capabilities capabilities,
        TcpConfig tcp,
        long seed) {}
