package io.demijohn.stack.tcp;

import io.demijohn.device.Capabilities;
import io.demijohn.device.PacketBuffer;
import io.demijohn.stack.IpAddress;
import io.demijohn.stack.ip.IpOutput;
import io.demijohn.stack.timer.TimerWheel;
import org.jspecify.annotations.Nullable;

/** TCP of one stack. */
@SuppressWarnings("UnusedVariable") // signatures first
public final class Tcp {
    public Tcp(
            IpOutput output,
            TcpConfig config,
            SendMemory sendMemory,
            TimerWheel wheel,
            Capabilities capabilities,
            long seed,
            long nowNanos) {}

    /** Takes one segment from IP: window = TCP header and payload exactly. */
    public void receive(
            PacketBuffer segment,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            boolean checksumVerified,
            long nowNanos) {
        segment.release();
    }

    /** Takes an ICMP error about a segment of ours: {@code status} is REFUSED or UNREACHABLE (RFC 5927). */
    public void onUnreachable(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            int sequence,
            int status,
            long nowNanos) {}

    /** Fires what is due; cheap if nothing is. */
    public void advance(long nowNanos) {}

    /** Returns when {@link #advance} must be called at the latest, or {@link Long#MAX_VALUE}. */
    public long nextDeadlineNanos() {
        return Long.MAX_VALUE;
    }

    /** Reserves a local port: its number, or a negative {@link TcpStatus}. Port 0 chooses an ephemeral one. */
    public int reservePort(IpAddress local, int port, boolean reuseAddress) {
        return TcpStatus.NO_PORTS;
    }

    /** Gives a reserved port back that no listener or connection took over. */
    public void releasePort(IpAddress local, int port) {}

    /** Sends a SYN; null: see {@link #lastStatus}. */
    public @Nullable TcpConnection connect(
            IpAddress local,
            int localPort,
            boolean portReserved,
            IpAddress remote,
            int remotePort,
            TcpOptions options,
            long nowNanos) {
        return null;
    }

    /** Returns why the last {@link #connect} or {@link #listen} gave null. */
    public int lastStatus() {
        return 0;
    }

    /** Listens on a reserved port; null: see {@link #lastStatus}. */
    public @Nullable TcpListener listen(IpAddress local, int port, int backlog, TcpOptions options) {
        return null;
    }

    /** The application appended to the send queue: sends what window and Nagle allow. */
    public void send(TcpConnection connection, long nowNanos) {}

    /** Sends FIN after what is queued; the application must not append any more. */
    public void shutdownOutput(TcpConnection connection, long nowNanos) {}

    /** The application is gone, no thread reads or writes the queues any more: FIN after queued bytes, or RST. */
    public void close(TcpConnection connection, long nowNanos) {}

    /** The application is gone, no thread reads or writes the queues any more: RST now. */
    public void abort(TcpConnection connection, long nowNanos) {}

    /** Stops listening, resets what was not accepted and gives the port back. */
    public void close(TcpListener listener, long nowNanos) {}

    /** The application read: sends a window update if it is worth it. */
    public void consumed(TcpConnection connection, long nowNanos) {}

    /** Gives the next connection whose event bits changed since it was last given, or null. */
    public @Nullable TcpConnection nextTouched() {
        return null;
    }

    /** Gives the next listener that has connections to accept since it was last given, or null. */
    public @Nullable TcpListener nextTouchedListener() {
        return null;
    }

    /** Returns how many connections there are, TIME_WAIT not counted. */
    public int connectionCount() {
        return 0;
    }

    public int unfinishedCount() {
        return 0;
    }

    public boolean listens(IpAddress a, int port) {
        return false;
    }
}
