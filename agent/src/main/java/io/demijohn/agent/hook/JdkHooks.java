package io.demijohn.agent.hook;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Enters the JDK: bridge classes into {@code java.base}, then the questions at its entry points.
 *
 * <p>Once, on the starting thread. Afterwards the JDK still goes its own way until the provider switches its hooks on. On
 * failure the JDK is as before, but for unused classes.
 */
final class JdkHooks {
    private JdkHooks() {}

    static void install(Instrumentation instrumentation) throws HookException {
        BridgeClasses.define();
        EntryPoint[] entryPoints = EntryPoint.all();
        EntryPointTransformer transformer = new EntryPointTransformer(entryPoints);
        Class<?>[] owners = owners(entryPoints);
        instrumentation.addTransformer(transformer, true);
        boolean complete = false;
        try {
            instrumentation.retransformClasses(owners);
            complete = transformer.failure() == null && transformer.installed() == entryPoints.length;
        } catch (UnmodifiableClassException | LinkageError refused) {
            throw new HookException("the JVM refused the changed classes", refused);
        } finally {
            instrumentation.removeTransformer(transformer);
            if (!complete) {
                restore(instrumentation, owners);
            }
        }
        Throwable failure = transformer.failure();
        if (failure != null) {
            throw new HookException("a class of the JDK cannot be changed", failure);
        }
        if (!complete) {
            throw new HookException(String.format(
                    Locale.ROOT,
                    "only %d of %d entry points found in this JDK",
                    transformer.installed(),
                    entryPoints.length));
        }
    }

    /** Returns each class once, however many of its methods are entered. */
    private static Class<?>[] owners(EntryPoint[] entryPoints) throws HookException {
        Set<Class<?>> owners = new LinkedHashSet<>();
        for (EntryPoint entryPoint : entryPoints) {
            try {
                owners.add(Class.forName(entryPoint.owner().replace('/', '.'), false, null));
            } catch (ClassNotFoundException absent) {
                throw new HookException("this JDK lacks a class", absent);
            }
        }
        return owners.toArray(new Class<?>[0]);
    }

    /** Gives the classes back as they were; without our transformer the JVM builds them from the originals. */
    private static void restore(Instrumentation instrumentation, Class<?>[] owners) throws HookException {
        try {
            instrumentation.retransformClasses(owners);
        } catch (UnmodifiableClassException | LinkageError refused) {
            throw new HookException("the JVM refused to restore its classes", refused);
        }
    }
}
