package io.demijohn.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The module {@code io.demijohn} as it lies under {@code META-INF/demijohn/} in the jar.
 *
 * <pre>
 * demijohn.jar
 *   io/demijohn/agent/            the launcher
 *   META-INF/demijohn/            root of the module
 *     io/demijohn/...  com/sun/jna/...  META-INF/services/...
 *     bridge/sun/nio/ch/...       classes for java.base, resources to this module
 * </pre>
 *
 * <p>The descriptor is made from the entries, so that nothing has to be listed twice. The jar stays open as long as the JVM
 * lives; any thread may read.
 */
final class JarModule extends ModuleReference {
    private static final String NAME = "io.demijohn";
    private static final String ENTRY_PACKAGE = "io.demijohn.agent.hook";
    private static final String ROOT = "META-INF/demijohn/";
    private static final String BRIDGE = "bridge/";
    private static final String SERVICES = "META-INF/services/";
    private static final String CLASS_SUFFIX = ".class";

    /** Where the JVM has them; an application that is a module itself may do without. */
    private static final List<String> REQUIRED = List.of("java.instrument", "java.logging", "java.management");

    private final ZipFile jar;
    private final URI location;

    private JarModule(ModuleDescriptor descriptor, URI location, ZipFile jar) {
        super(descriptor, location);
        this.location = location;
        this.jar = jar;
    }

    static JarModule open(Path file) throws IOException {
        ZipFile jar = new ZipFile(file.toFile());
        Set<String> folders = new HashSet<>();
        Map<String, List<String>> services = new HashMap<>();
        Enumeration<? extends ZipEntry> entries = jar.entries();
        while (entries.hasMoreElements()) {
            String name = entries.nextElement().getName();
            if (!name.startsWith(ROOT) || name.startsWith(BRIDGE, ROOT.length())) {
                continue;
            }
            if (name.endsWith(CLASS_SUFFIX)) {
                folders.add(name.substring(ROOT.length(), name.lastIndexOf('/')));
            } else if (name.startsWith(SERVICES, ROOT.length()) && !name.endsWith("/")) {
                services.put(name.substring(ROOT.length() + SERVICES.length()), providers(jar, name));
            }
        }
        Set<String> packages = new HashSet<>();
        for (String folder : folders) {
            packages.add(folder.replace('/', '.'));
        }
        ModuleDescriptor.Builder descriptor = ModuleDescriptor.newModule(NAME).packages(packages);
        descriptor.exports(ENTRY_PACKAGE);
        for (String required : REQUIRED) {
            if (ModuleLayer.boot().findModule(required).isPresent()) {
                descriptor.requires(required);
            }
        }
        for (Map.Entry<String, List<String>> service : services.entrySet()) {
            descriptor.uses(service.getKey());
            descriptor.provides(service.getKey(), service.getValue());
        }
        return new JarModule(descriptor.build(), file.toUri(), jar);
    }

    private static List<String> providers(ZipFile jar, String name) throws IOException {
        List<String> providers = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(jar.getInputStream(jar.getEntry(name)), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int comment = line.indexOf('#');
                String provider = (comment < 0 ? line : line.substring(0, comment)).trim();
                if (!provider.isEmpty()) {
                    providers.add(provider);
                }
            }
        }
        return providers;
    }

    @Override
    public ModuleReader open() {
        return new Reader();
    }

    /** Reads resources by their name below the module's root. */
    private final class Reader implements ModuleReader {
        @Override
        public Optional<URI> find(String name) {
            return jar.getEntry(ROOT + name) == null
                    ? Optional.empty()
                    : Optional.of(URI.create("jar:" + location + "!/" + ROOT + name));
        }

        @Override
        public Optional<InputStream> open(String name) throws IOException {
            ZipEntry entry = jar.getEntry(ROOT + name);
            return entry == null ? Optional.empty() : Optional.of(jar.getInputStream(entry));
        }

        @Override
        public Stream<String> list() {
            List<String> names = new ArrayList<>(); // not lambdas, which cost a start some ten milliseconds
            Enumeration<? extends ZipEntry> entries = jar.entries();
            while (entries.hasMoreElements()) {
                String name = entries.nextElement().getName();
                if (name.startsWith(ROOT) && name.length() > ROOT.length()) {
                    names.add(name.substring(ROOT.length()));
                }
            }
            return names.stream();
        }

        /** Leaves the jar open: the module's loader and other readers share it. */
        @Override
        public void close() {}
    }
}
