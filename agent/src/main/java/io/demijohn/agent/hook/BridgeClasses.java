package io.demijohn.agent.hook;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.jar.asm.ClassReader;

/**
 * Defines the bridge classes into {@code java.base}: those of packages {@code sun.nio.ch} and {@code java.net}.
 *
 * <p>Used once, on the starting thread, before anything of the provider is loaded. The JVM neither warns nor leaves its
 * class data archive, as it would for a longer boot class path.
 */
final class BridgeClasses {
    private static final String ROOT = "bridge/";
    private static final String SUFFIX = ".class";

    private BridgeClasses() {}

    /** Defines all bridge classes, superclasses and interfaces first. */
    static void define() throws HookException {
        try {
            Map<String, byte[]> pending = read();
            MethodHandles.Lookup own = MethodHandles.lookup();
            MethodHandles.Lookup channels =
                    MethodHandles.privateLookupIn(Class.forName("sun.nio.ch.SelectorImpl", false, null), own);
            MethodHandles.Lookup sockets = MethodHandles.privateLookupIn(java.net.SocketImpl.class, own);
            while (!pending.isEmpty()) {
                List<String> ready = ready(pending);
                if (ready.isEmpty()) {
                    throw new HookException("the bridge classes extend each other in a circle");
                }
                for (String name : ready) {
                    byte[] bytes = pending.remove(name);
                    (name.startsWith("java/net/") ? sockets : channels).defineClass(bytes);
                }
            }
        } catch (IOException | ReflectiveOperationException | LinkageError unlike) {
            throw new HookException("this JVM does not take our classes", unlike);
        }
    }

    /** Returns the classes whose supertypes are all defined. */
    private static List<String> ready(Map<String, byte[]> pending) {
        List<String> ready = new ArrayList<>();
        for (Map.Entry<String, byte[]> candidate : pending.entrySet()) {
            ClassReader reader = new ClassReader(candidate.getValue());
            boolean waits = pending.containsKey(reader.getSuperName());
            for (String implemented : reader.getInterfaces()) {
                waits |= pending.containsKey(implemented);
            }
            if (!waits) {
                ready.add(candidate.getKey());
            }
        }
        return ready;
    }

    private static Map<String, byte[]> read() throws IOException, HookException {
        Module module = BridgeClasses.class.getModule();
        ModuleLayer layer = module.getLayer();
        if (layer == null) {
            throw new HookException("the agent was not loaded from demijohn.jar");
        }
        ModuleReference reference = layer.configuration()
                .findModule(module.getName())
                .map(ResolvedModule::reference)
                .orElseThrow();
        Map<String, byte[]> classes = new LinkedHashMap<>();
        try (ModuleReader reader = reference.open()) {
            for (String name : reader.list().toList()) {
                if (name.startsWith(ROOT) && name.endsWith(SUFFIX)) {
                    try (InputStream in = reader.open(name).orElseThrow()) {
                        classes.put(name.substring(ROOT.length(), name.length() - SUFFIX.length()), in.readAllBytes());
                    }
                }
            }
        }
        return classes;
    }
}
