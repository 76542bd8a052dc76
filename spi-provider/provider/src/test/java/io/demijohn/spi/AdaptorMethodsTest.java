package io.demijohn.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The adaptors override every method of the JDK's classes that they could inherit from a socket that they have not. */
class AdaptorMethodsTest {
    @Test
    void socketAdaptor_everyMethodOfThisJdk_isOverridden() {
        assertEquals(List.of(), inherited(SocketChannelAdaptor.class, Socket.class));
    }

    @Test
    void serverSocketAdaptor_everyMethodOfThisJdk_isOverridden() {
        assertEquals(List.of(), inherited(ServerSocketChannelAdaptor.class, ServerSocket.class));
    }

    private static List<String> inherited(Class<?> adaptor, Class<?> socket) {
        return Arrays.stream(socket.getMethods())
                .filter(method -> method.getDeclaringClass() == socket)
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !overrides(adaptor, method))
                .map(Method::toString)
                .sorted()
                .toList();
    }

    private static boolean overrides(Class<?> adaptor, Method method) {
        return Arrays.stream(adaptor.getDeclaredMethods())
                .anyMatch(own -> own.getName().equals(method.getName())
                        && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
    }
}
