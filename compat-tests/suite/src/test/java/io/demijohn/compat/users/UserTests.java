package io.demijohn.compat.users;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tests of this package that speak for a cell of the matrix, found by {@link Over} and their {@link EnumSource}. Immutable. */
final class UserTests {
    private final Map<String, List<String>> tests = new TreeMap<>();

    private UserTests() {}

    /** Looks at every compiled class of this package. */
    static UserTests all() {
        UserTests found = new UserTests();
        try {
            Path folder = Path.of(Objects.requireNonNull(UserTests.class.getResource("UserTests.class"))
                            .toURI())
                    .resolveSibling("");
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith("Test.class")) {
                        found.add(Class.forName(UserTests.class.getPackageName() + "." + name.replace(".class", "")));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException | URISyntaxException e) {
            throw new IllegalStateException("our own test classes", e);
        }
        return found;
    }

    private void add(Class<?> type) {
        @Nullable Over over = type.getAnnotation(Over.class);
        if (over == null) {
            return;
        }
        for (@Nullable Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            for (Method method : owner.getDeclaredMethods()) {
                @Nullable EnumSource source = method.getAnnotation(EnumSource.class);
                if (source == null || !method.isAnnotationPresent(ParameterizedTest.class)) {
                    continue;
                }
                for (String application : source.names()) {
                    tests.computeIfAbsent(
                                    key(Application.valueOf(application), over.value()), cell -> new ArrayList<>())
                            .add(type.getSimpleName());
                }
            }
        }
    }

    /** Returns the names of the test classes of one combination, empty if there is none. */
    String names(Application application, Transport transport) {
        return String.join(
                ", ",
                tests.getOrDefault(key(application, transport), List.of()).stream()
                        .distinct()
                        .sorted()
                        .toList());
    }

    private static String key(Application application, Transport transport) {
        return application + "|" + transport;
    }
}
