package io.demijohn.agent;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The module layer with all of Demijohn but the launcher, and the rights it needs inside {@code java.base}.
 *
 * <p>One named module in a layer of its own, loaded by a loader whose parent is the platform's: the application's class path
 * sees none of it, and what {@code java.base} opens, it opens to this module alone. Made once, on the starting thread.
 */
final class DatapathLayer {
    private static final String ENTRY_CLASS = "io.demijohn.agent.hook.AgentEntry";
    private static final List<String> EXPORTED =
            List.of("sun.nio.ch", "sun.net", "sun.net.ext", "jdk.internal.misc", "jdk.internal.access");
    private static final List<String> OPENED = List.of("java.net", "sun.nio.ch");

    private final Class<?> entry;

    private DatapathLayer(Class<?> entry) {
        this.entry = entry;
    }

    /** Opens the layer out of the jar that this class came from. */
    static DatapathLayer open(Instrumentation instrumentation) throws LayerException {
        Module module = define(ownJar());
        grant(instrumentation, module);
        try {
            return new DatapathLayer(Class.forName(ENTRY_CLASS, true, module.getClassLoader()));
        } catch (ClassNotFoundException | LinkageError broken) {
            throw new LayerException("the jar is broken", broken);
        }
    }

    /**
     * Calls a static method of the entry class.
     *
     * @return the status to end the JVM with, 0 for none, and lines to print
     */
    @SuppressWarnings("unchecked") // all methods of the entry class that are named here return this type
    Map.Entry<Integer, List<String>> call(String method, Instrumentation instrumentation, @Nullable String options)
            throws LayerException {
        try {
            return (Map.Entry<Integer, List<String>>)
                    entry.getMethod(method, Instrumentation.class, String.class, String.class)
                            .invoke(null, instrumentation, Version.text(), options);
        } catch (InvocationTargetException thrown) {
            throw new LayerException("the start failed", thrown.getTargetException());
        } catch (ReflectiveOperationException | LinkageError broken) {
            throw new LayerException("the jar is broken", broken);
        }
    }

    private static Path ownJar() throws LayerException {
        CodeSource source = DatapathLayer.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            throw new LayerException("the launcher was not loaded from demijohn.jar");
        }
        try {
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException | IllegalArgumentException notFile) {
            throw new LayerException("the launcher was not loaded from a file", notFile);
        }
    }

    private static Module define(Path jar) throws LayerException {
        ModuleLayer boot = ModuleLayer.boot();
        try {
            JarModule reference = JarModule.open(jar);
            ModuleDescriptor descriptor = reference.descriptor();
            ModuleFinder finder = new SingleModuleFinder(reference);
            Configuration configuration =
                    boot.configuration().resolve(finder, ModuleFinder.of(), Set.of(descriptor.name()));
            ModuleLayer layer = ModuleLayer.defineModulesWithOneLoader(
                            configuration, List.of(boot), ClassLoader.getPlatformClassLoader())
                    .layer();
            return layer.findModule(descriptor.name()).orElseThrow();
        } catch (IOException unreadable) {
            throw new LayerException("demijohn.jar cannot be read", unreadable);
        }
    }

    private static void grant(Instrumentation instrumentation, Module module) throws LayerException {
        Set<Module> only = Set.of(module);
        Map<String, Set<Module>> exports = new HashMap<>();
        Map<String, Set<Module>> opens = new HashMap<>();
        for (String name : EXPORTED) {
            exports.put(name, only);
        }
        for (String name : OPENED) {
            opens.put(name, only);
        }
        try {
            instrumentation.redefineModule(Object.class.getModule(), Set.of(), exports, opens, Set.of(), Map.of());
        } catch (IllegalArgumentException | UnsupportedOperationException unlikeOurs) {
            throw new LayerException("this JVM is built otherwise than those we know", unlikeOurs);
        }
    }
}
