package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.demijohn.engine.Status;
import org.junit.jupiter.api.Test;

class JdkErrorsTest {
    @Test
    void connect_eachStatus_typeAndTextOfTheJdk() {
        assertEquals("java.net.ConnectException: Connection refused", text(JdkErrors.connect(Status.REFUSED)));
        assertEquals("java.net.ConnectException: Connection timed out", text(JdkErrors.connect(Status.TIMED_OUT)));
        assertEquals("java.net.NoRouteToHostException: No route to host", text(JdkErrors.connect(Status.UNREACHABLE)));
        assertEquals("java.net.BindException: Address already in use", text(JdkErrors.connect(Status.ADDRESS_IN_USE)));
        assertEquals(
                "java.net.BindException: Cannot assign requested address", text(JdkErrors.connect(Status.NO_PORTS)));
        assertEquals("java.net.SocketException: Socket closed", text(JdkErrors.connect(Status.CLOSED)));
        assertEquals("java.net.SocketException: No buffer space available", text(JdkErrors.connect(Status.NO_MEMORY)));
    }

    @Test
    void readAndWrite_reset_differAsOnLinux() {
        assertEquals("java.net.SocketException: Connection reset", text(JdkErrors.read(Status.RESET)));
        assertEquals("java.net.SocketException: Connection reset by peer", text(JdkErrors.write(Status.RESET)));
        assertEquals("java.net.SocketException: Broken pipe", text(JdkErrors.write(Status.BROKEN_PIPE)));
        assertEquals("java.io.IOException: Broken pipe", text(JdkErrors.channelWrite(Status.BROKEN_PIPE)));
        assertEquals("java.net.SocketException: Network is down", text(JdkErrors.read(Status.ENGINE_FAILED)));
    }

    @Test
    void bind_eachStatus_typeAndTextOfTheJdk() {
        assertEquals("java.net.BindException: Address already in use", text(JdkErrors.bind(Status.ADDRESS_IN_USE)));
        assertEquals(
                "java.net.BindException: Cannot assign requested address",
                text(JdkErrors.bind(Status.ADDRESS_NOT_AVAILABLE)));
    }

    private static String text(Throwable exception) {
        return exception.toString();
    }
}
