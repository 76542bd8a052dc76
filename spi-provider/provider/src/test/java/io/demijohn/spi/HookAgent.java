package io.demijohn.spi;

import com.sun.tools.attach.VirtualMachine;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;
import sun.nio.ch.NioSocketImpl;

/**
 * Puts the socket hooks into the JDK that runs the tests, as the agent does in production; without hooks installed the JDK
 * stays stock.
 */
public final class HookAgent {
    private static final String SOCKET_IMPL = "java/net/SocketImpl";
    private static final String HOOKS = "sun/nio/ch/DjHooks";

    private static @Nullable Instrumentation instrumentation;
    private static boolean hooked;

    private HookAgent() {}

    /** The entry that attaching calls. */
    public static void agentmain(String arguments, Instrumentation given) {
        instrumentation = given;
    }

    static synchronized void hook() throws Exception {
        if (hooked) {
            return;
        }
        Path jar = Files.createTempFile("hook-agent", ".jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Agent-Class"), HookAgent.class.getName());
        manifest.getMainAttributes().put(new Attributes.Name("Can-Retransform-Classes"), "true");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.finish();
        }
        VirtualMachine machine =
                VirtualMachine.attach(Long.toString(ProcessHandle.current().pid()));
        machine.loadAgent(jar.toString());
        machine.detach();
        Files.delete(jar);
        Instrumentation given = instrumentation;
        if (given == null) {
            throw new IllegalStateException("not attached");
        }
        Transformer transformer = new Transformer();
        given.addTransformer(transformer, true);
        given.retransformClasses(Class.forName("java.net.SocketImpl"), NioSocketImpl.class);
        given.removeTransformer(transformer);
        hooked = true;
    }

    private static final class Transformer implements ClassFileTransformer {
        @Override
        public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                @Nullable String name,
                @Nullable Class<?> redefined,
                @Nullable ProtectionDomain domain,
                byte[] classFile) {
            if (!SOCKET_IMPL.equals(name) && !"sun/nio/ch/NioSocketImpl".equals(name)) {
                return null;
            }
            ClassReader reader = new ClassReader(classFile);
            ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
            reader.accept(new Rewriter(writer), 0);
            return writer.toByteArray();
        }
    }

    private static final class Rewriter extends ClassVisitor {
        Rewriter(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            if (name.equals("createPlatformSocketImpl")) {
                return new EarlyReturn(next);
            }
            return name.equals("accept") && descriptor.equals("(L" + SOCKET_IMPL + ";)V") ? new Unwrap(next) : next;
        }
    }

    private static final class EarlyReturn extends MethodVisitor {
        EarlyReturn(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            Label original = new Label();
            visitVarInsn(Opcodes.ILOAD, 0);
            visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, "socketImpl", "(Z)L" + SOCKET_IMPL + ";", false);
            visitInsn(Opcodes.DUP);
            visitJumpInsn(Opcodes.IFNULL, original);
            visitInsn(Opcodes.ARETURN);
            visitLabel(original);
            visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {SOCKET_IMPL});
            visitInsn(Opcodes.POP);
        }
    }

    private static final class Unwrap extends MethodVisitor {
        Unwrap(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            visitVarInsn(Opcodes.ALOAD, 1);
            visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    HOOKS,
                    "unwrapForNioAccept",
                    "(L" + SOCKET_IMPL + ";)L" + SOCKET_IMPL + ";",
                    false);
            visitVarInsn(Opcodes.ASTORE, 1);
        }
    }
}
