package io.demijohn.agent.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The JDK's own class files, changed and read again. */
final class EntryPointTransformerTest {
    @Test
    void jdkClasses_transformed_askEachHookOnce() throws Exception {
        EntryPoint[] entryPoints = EntryPoint.all();
        EntryPointTransformer transformer = new EntryPointTransformer(entryPoints);
        Map<String, Set<String>> expected = new LinkedHashMap<>();
        for (EntryPoint entryPoint : entryPoints) {
            expected.computeIfAbsent(entryPoint.owner(), owner -> new HashSet<>())
                    .add(entryPoint.method() + entryPoint.descriptor() + " asks " + entryPoint.hook());
        }
        for (Map.Entry<String, Set<String>> owner : expected.entrySet()) {
            byte[] before = classFile(owner.getKey());
            assertEquals(List.of(), hooksAsked(before));
            byte[] after = transformer.transform(null, owner.getKey(), Object.class, null, before);
            assertNotNull(after);
            List<String> asked = hooksAsked(after);
            assertEquals(owner.getValue(), Set.copyOf(asked));
            assertEquals(owner.getValue().size(), asked.size());
        }
        assertEquals(entryPoints.length, transformer.installed());
        assertNull(transformer.failure());
    }

    @Test
    void classWithoutTheMethod_transformed_isNotCounted() throws Exception {
        EntryPoint absent = new EntryPoint("java/net/SocketImpl", "noSuchMethod", "()V", "hook", "()V", false);
        EntryPointTransformer transformer = new EntryPointTransformer(new EntryPoint[] {absent});
        byte[] after =
                transformer.transform(null, absent.owner(), Object.class, null, classFile("java/net/SocketImpl"));
        assertNotNull(after);
        assertEquals(List.of(), hooksAsked(after));
        assertEquals(0, transformer.installed());
    }

    @Test
    void otherClasses_transformed_stayAsTheyAre() throws Exception {
        EntryPointTransformer transformer = new EntryPointTransformer(EntryPoint.all());
        byte[] socket = classFile("java/net/SocketImpl");
        assertNull(transformer.transform(null, "java/net/Socket", Object.class, null, classFile("java/net/Socket")));
        assertNull(transformer.transform(null, "java/net/SocketImpl", null, null, socket));
        assertNull(
                transformer.transform(getClass().getClassLoader(), "java/net/SocketImpl", Object.class, null, socket));
    }

    @Test
    void unreadableClassFile_transformed_isRememberedAsFailure() {
        EntryPointTransformer transformer = new EntryPointTransformer(EntryPoint.all());
        assertNull(transformer.transform(null, "java/net/SocketImpl", Object.class, null, new byte[12]));
        assertNotNull(transformer.failure());
    }

    private static byte[] classFile(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ClassLoader.getSystemResourceAsStream(name + ".class"))) {
            return in.readAllBytes();
        }
    }

    private static List<String> hooksAsked(byte[] classFile) {
        List<String> asked = new ArrayList<>();
        new ClassReader(classFile)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access,
                                    String method,
                                    String descriptor,
                                    @Nullable String signature,
                                    String @Nullable [] exceptions) {
                                return new CallCollector(method + descriptor, asked);
                            }
                        },
                        0);
        return asked;
    }

    /** Notes the calls of hooks in one method. */
    private static final class CallCollector extends MethodVisitor {
        private final String caller;
        private final List<String> asked;

        CallCollector(String caller, List<String> asked) {
            super(Opcodes.ASM9);
            this.caller = caller;
            this.asked = asked;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (owner.equals(EntryPoint.HOOKS)) {
                asked.add(caller + " asks " + name);
            }
        }
    }
}
