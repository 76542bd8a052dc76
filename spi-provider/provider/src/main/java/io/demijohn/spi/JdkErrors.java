package io.demijohn.spi;

import io.demijohn.engine.Status;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.AcceptPendingException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ReadPendingException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.channels.WritePendingException;

/**
 * The one place that makes the JDK's exceptions: type and text as JDK 17 to 25 give them on Linux.
 *
 * <p>Stateless, any thread. Methods return the exception; callers throw it.
 */
public final class JdkErrors {
    private static final String BROKEN_PIPE = "Broken pipe";
    private static final String IN_USE = "Address already in use";
    private static final String NO_BUFFERS = "No buffer space available";
    private static final String NOT_AVAILABLE = "Cannot assign requested address";
    private static final String NO_ROUTE = "No route to host";
    private static final String NETWORK_DOWN = "Network is down";
    private static final String RESET = "Connection reset";
    private static final String RESET_BY_PEER = "Connection reset by peer";
    private static final String TIMED_OUT = "Connection timed out";

    private JdkErrors() {}

    // ---- from an engine's status -----------------------------------------------------------------------------------

    /** Returns why a connect ended with {@code status}. */
    public static SocketException connect(int status) {
        return switch (status) {
            case Status.REFUSED -> new ConnectException("Connection refused");
            case Status.TIMED_OUT -> new ConnectException(TIMED_OUT);
            case Status.RESET -> new SocketException(RESET);
            case Status.UNREACHABLE -> new NoRouteToHostException(NO_ROUTE);
            case Status.ADDRESS_IN_USE -> new BindException(IN_USE);
            case Status.ADDRESS_NOT_AVAILABLE, Status.NO_PORTS -> new BindException(NOT_AVAILABLE);
            default -> common(status);
        };
    }

    /** Returns why a bind or a listen ended with {@code status}. */
    public static SocketException bind(int status) {
        return switch (status) {
            case Status.ADDRESS_IN_USE, Status.NO_PORTS -> new BindException(IN_USE);
            case Status.ADDRESS_NOT_AVAILABLE -> new BindException(NOT_AVAILABLE);
            default -> common(status);
        };
    }

    /** Returns why a socket's or a channel's read ended with {@code status}; a channel's closing is not for here. */
    public static SocketException read(int status) {
        return switch (status) {
            case Status.RESET -> new SocketException(RESET);
            case Status.TIMED_OUT -> new SocketException(TIMED_OUT);
            case Status.UNREACHABLE -> new SocketException(NO_ROUTE);
            default -> common(status);
        };
    }

    /** Returns why a socket's write ended with {@code status}. */
    public static SocketException write(int status) {
        return switch (status) {
            case Status.RESET -> new SocketException(RESET_BY_PEER);
            case Status.BROKEN_PIPE -> new SocketException(BROKEN_PIPE);
            case Status.TIMED_OUT -> new SocketException(TIMED_OUT);
            case Status.UNREACHABLE -> new SocketException(NO_ROUTE);
            default -> common(status);
        };
    }

    /** Returns why a channel's write, or urgent data, ended with {@code status}: the texts of {@link #write}, plain as these have them. */
    public static IOException channelWrite(int status) {
        return new IOException(write(status).getMessage());
    }

    /** Returns why an asynchronous channel's read ended with {@code status}. */
    public static IOException asyncRead(int status) {
        return new IOException(read(status).getMessage());
    }

    private static SocketException common(int status) {
        return switch (status) {
            case Status.CLOSED -> socketClosed();
            case Status.NO_MEMORY -> new SocketException(NO_BUFFERS);
            case Status.NOT_CONNECTED -> notConnected();
            case Status.ENGINE_FAILED -> new SocketException(NETWORK_DOWN);
            default -> new SocketException("status " + status);
        };
    }

    // ---- sockets ---------------------------------------------------------------------------------------------------

    public static SocketTimeoutException connectTimedOut() {
        return new SocketTimeoutException("Connect timed out");
    }

    public static SocketTimeoutException readTimedOut() {
        return new SocketTimeoutException("Read timed out");
    }

    public static SocketTimeoutException acceptTimedOut() {
        return new SocketTimeoutException("Accept timed out");
    }

    /** Returns what the JDK's socket implementation throws once closed. */
    public static SocketException socketClosed() {
        return new SocketException("Socket closed");
    }

    /** Returns what the public socket classes throw once closed. */
    public static SocketException socketIsClosed() {
        return new SocketException("Socket is closed");
    }

    /** Returns what the public socket classes throw for streams before the connection. */
    public static SocketException socketIsNotConnected() {
        return new SocketException("Socket is not connected");
    }

    public static SocketException socketInputIsShutdown() {
        return new SocketException("Socket input is shutdown");
    }

    public static SocketException socketOutputIsShutdown() {
        return new SocketException("Socket output is shutdown");
    }

    public static SocketException closedByInterrupt() {
        return new SocketException("Closed by interrupt");
    }

    /** Returns what tells the public socket classes that a virtual thread was interrupted: they close the socket. */
    public static InterruptedIOException interrupted() {
        return new InterruptedIOException();
    }

    public static SocketException notCreated() {
        return new SocketException("Socket not created");
    }

    public static IOException alreadyCreated() {
        return new IOException("Already created");
    }

    public static SocketException notConnected() {
        return new SocketException("Not connected");
    }

    public static SocketException alreadyConnected() {
        return new SocketException("Already connected");
    }

    public static SocketException connectionInProgress() {
        return new SocketException("Connection in progress");
    }

    public static SocketException notBound() {
        return new SocketException("Not bound");
    }

    public static SocketException alreadyBound() {
        return new SocketException("Already bound");
    }

    public static BindException addressInUse() {
        return new BindException(IN_USE);
    }

    public static SocketException notNewlyCreated() {
        return new SocketException("Not a newly created SocketImpl");
    }

    public static IOException unsupportedAddressType() {
        return new IOException("Unsupported address type");
    }

    public static UnknownHostException unknownHost(InetSocketAddress unresolved) {
        return new UnknownHostException(unresolved.getHostName());
    }

    /** Returns what an adaptor says when no urgent byte fits and its channel may not wait. */
    public static IOException socketBufferFull() {
        return new IOException("Socket buffer full");
    }

    // ---- channels --------------------------------------------------------------------------------------------------

    public static ClosedChannelException closedChannel() {
        return new ClosedChannelException();
    }

    /** Returns what a thread gets whose channel another thread closed or shut down beneath it. */
    public static AsynchronousCloseException asynchronousClose() {
        return new AsynchronousCloseException();
    }

    public static NotYetConnectedException notYetConnected() {
        return new NotYetConnectedException();
    }

    public static NotYetBoundException notYetBound() {
        return new NotYetBoundException();
    }

    public static AlreadyConnectedException channelAlreadyConnected() {
        return new AlreadyConnectedException();
    }

    public static AlreadyBoundException channelAlreadyBound() {
        return new AlreadyBoundException();
    }

    public static ConnectionPendingException connectionPending() {
        return new ConnectionPendingException();
    }

    public static NoConnectionPendingException noConnectionPending() {
        return new NoConnectionPendingException();
    }

    public static IllegalBlockingModeException illegalBlockingMode() {
        return new IllegalBlockingModeException();
    }

    public static ReadPendingException readPending() {
        return new ReadPendingException();
    }

    public static WritePendingException writePending() {
        return new WritePendingException();
    }

    public static AcceptPendingException acceptPending() {
        return new AcceptPendingException();
    }

    public static InterruptedByTimeoutException interruptedByTimeout() {
        return new InterruptedByTimeoutException();
    }

    /** Returns what an asynchronous channel throws whose bytes may be lost. */
    public static IllegalStateException readingKilled() {
        return new IllegalStateException("Reading not allowed due to timeout or cancellation");
    }

    public static IllegalStateException writingKilled() {
        return new IllegalStateException("Writing not allowed due to timeout or cancellation");
    }

    /** Returns what an asynchronous listener throws one of whose connections may be lost. */
    public static RuntimeException acceptingKilled() {
        return new RuntimeException("Accept not allowed due cancellation");
    }

    public static IOException shutDownForWriting() {
        return new IOException("Connection has been shutdown for writing");
    }

    public static NullPointerException handlerIsNull() {
        return new NullPointerException("'handler' is null");
    }

    public static IllegalArgumentException readOnlyBuffer() {
        return new IllegalArgumentException("Read-only buffer");
    }

    /**
     * Returns what an adaptor's method throws in place of its channel's {@code thrown}.
     *
     * @throws RuntimeException if the JDK's adaptors let it pass
     */
    public static IOException ofChannel(Exception thrown) {
        return thrown instanceof IOException e ? e : socketOfChannel(thrown);
    }

    /** Like {@link #ofChannel}, for methods that throw nothing but socket exceptions. */
    public static SocketException socketOfChannel(Exception thrown) {
        if (thrown instanceof SocketException e) {
            return e;
        }
        String text;
        if (thrown instanceof ClosedChannelException) {
            text = "Socket is closed";
        } else if (thrown instanceof NotYetConnectedException) {
            text = "Socket is not connected";
        } else if (thrown instanceof AlreadyBoundException) {
            text = "Already bound";
        } else if (thrown instanceof AlreadyConnectedException) {
            text = "Already connected";
        } else if (thrown instanceof NotYetBoundException) {
            text = "Socket is not bound yet";
        } else if (thrown instanceof UnsupportedAddressTypeException) {
            text = "Unsupported address type";
        } else if (thrown instanceof UnresolvedAddressException) {
            text = "Unresolved address";
        } else if (thrown instanceof IOException) {
            text = thrown.getMessage();
        } else if (thrown instanceof RuntimeException e) {
            throw e;
        } else {
            throw new IllegalStateException(thrown);
        }
        SocketException translated = new SocketException(text);
        translated.initCause(thrown);
        return translated;
    }

    // ---- options ---------------------------------------------------------------------------------------------------

    public static UnsupportedOperationException optionNotSupported(Object option) {
        return new UnsupportedOperationException("'" + option + "' not supported");
    }

    public static IllegalArgumentException invalidValue(Object value) {
        return new IllegalArgumentException("Invalid value '" + value + "'");
    }

    /** Returns what the JDK throws for an option that can be asked but not set. */
    public static SocketException optionIsReadOnly(Object option) {
        return new SocketException("Attempt to set unsupported option " + option);
    }

    public static SocketException unknownOption(int option) {
        return new SocketException("Unknown option " + option);
    }

    public static SocketException notPositive(String option) {
        return new SocketException(option + " <= 0");
    }

    public static SocketException negativeTimeout() {
        return new SocketException("timeout < 0");
    }

    /** Returns the checked form of what an option's own check threw. */
    public static SocketException refusedValue(IllegalArgumentException cause) {
        SocketException checked = new SocketException(cause.getMessage());
        checked.initCause(cause);
        return checked;
    }

    /** What the kernel says of an option's value that is out of its bounds. */
    public static SocketException invalidArgument() {
        return new SocketException("Invalid argument");
    }

    public static SocketException badValue(String option) {
        return new SocketException("Bad value for " + option);
    }

    // ---- routing ---------------------------------------------------------------------------------------------------

    /** Returns what {@code strict=true} makes of a route to the kernel that the user did not want. */
    public static SocketException strict(
            RouteCounters.Operation operation, InetSocketAddress address, RouteReason reason) {
        return new SocketException(
                "strict=true: " + operation.word() + " " + address + " would use the kernel, reason: " + reason.word());
    }

    /** Returns what a socket gets that {@code cause} kept from its proper route. */
    public static SocketException internal(Throwable cause) {
        SocketException exception = new SocketException("demijohn: " + cause);
        exception.initCause(cause);
        return exception;
    }
}
