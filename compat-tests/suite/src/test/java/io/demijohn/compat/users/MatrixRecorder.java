package io.demijohn.compat.users;

import io.demijohn.compat.harness.Jdk;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/**
 * Compares how a test of one application ended with what MATRIX.md says, or with {@code -Dmatrix.write=true} writes it there.
 *
 * <p>A skipped test says nothing and changes nothing but a cell that was never run, and a failed one fails by itself. A cell that
 * says "not run" claims nothing. So the file holds only what some run has shown, and a run that shows something else fails.
 */
final class MatrixRecorder implements InvocationInterceptor {
    private static final boolean WRITES = Boolean.getBoolean("matrix.write");

    /** The cells with a failure in this run, which nothing later makes good. */
    private static final Set<String> failed = new HashSet<>();

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        Application application = method.getArguments().stream()
                .filter(Application.class::isInstance)
                .map(Application.class::cast)
                .findFirst()
                .orElseThrow();
        Transport transport = Objects.requireNonNull(
                        context.getRequiredTestClass().getAnnotation(Over.class))
                .value();
        String test = context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName();
        String passed = context.getTags().contains("nightly") ? Matrix.PASSED_NIGHTLY : Matrix.PASSED;
        try {
            invocation.proceed();
        } catch (TestAbortedException e) {
            skipped(application, transport, String.valueOf(e.getMessage()));
            throw e;
        } catch (Throwable e) {
            failed.add(application + " " + transport);
            write(application, transport, Matrix.FAILED + test);
            throw e;
        }
        if (WRITES) {
            if (!failed.contains(application + " " + transport)) {
                write(application, transport, passed);
            }
        } else {
            compare(application, transport, passed);
        }
    }

    private static void compare(Application application, Transport transport, String state) throws IOException {
        int column = Matrix.JDKS.indexOf(Jdk.feature());
        if (column < 0) {
            return; // a JDK without a column passes too, and nothing says so
        }
        Matrix.Row row = Matrix.read().row(application, transport);
        if (row.states().get(column).startsWith(Matrix.NOT_RUN)) {
            return; // claims nothing
        }
        String said = row.artifact() + " " + row.states().get(column);
        String seen = application.artifactAndVersion() + " " + state;
        if (!said.equals(seen)) {
            throw new AssertionError("MATRIX.md says \"" + said + "\", this run showed \"" + seen
                    + "\": run this test with -Dmatrix.write=true");
        }
    }

    private static void skipped(Application application, Transport transport, String reason) throws IOException {
        int column = Matrix.JDKS.indexOf(Jdk.feature());
        if (column >= 0
                && Matrix.read()
                        .row(application, transport)
                        .states()
                        .get(column)
                        .startsWith(Matrix.NOT_RUN)) {
            write(application, transport, Matrix.NOT_RUN + reason);
        }
    }

    private static void write(Application application, Transport transport, String state) throws IOException {
        if (WRITES && Matrix.JDKS.contains(Jdk.feature())) {
            Matrix matrix = Matrix.read();
            matrix.note(application, transport, Jdk.feature(), state);
            Files.writeString(Matrix.FILE, matrix.render(UserTests.all()::names));
        }
    }
}
