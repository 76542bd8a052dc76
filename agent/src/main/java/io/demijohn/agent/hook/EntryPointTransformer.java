package io.demijohn.agent.hook;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Puts the question to {@code DjHooks} at the beginning of the JDK's entry points.
 *
 * <p>Registered only while {@link JdkHooks} retransforms, so that no later class load pays for it. Changes no signature and
 * no line number; where the hook answers null the JDK's method goes on as it was.
 */
final class EntryPointTransformer implements ClassFileTransformer {
    private final EntryPoint[] entryPoints;
    private int installed;
    private @Nullable Throwable failure;

    EntryPointTransformer(EntryPoint[] entryPoints) {
        this.entryPoints = entryPoints;
    }

    /** Returns how many entry points were found and changed. */
    int installed() {
        return installed;
    }

    /** Returns what went wrong, which the JVM itself would swallow. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] classFile) {
        if (loader != null || redefined == null) {
            return null;
        }
        try {
            byte[] changed = null;
            for (EntryPoint entryPoint : entryPoints) {
                if (entryPoint.owner().equals(className)) {
                    changed = rewrite(changed == null ? classFile : changed, entryPoint);
                }
            }
            return changed;
        } catch (RuntimeException | LinkageError unreadable) {
            failure = unreadable;
            return null;
        }
    }

    private byte[] rewrite(byte[] classFile, EntryPoint entryPoint) {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new ClassRewriter(writer, entryPoint), 0);
        return writer.toByteArray();
    }

    private final class ClassRewriter extends ClassVisitor {
        private final EntryPoint entryPoint;

        ClassRewriter(ClassVisitor next, EntryPoint entryPoint) {
            super(Opcodes.ASM9, next);
            this.entryPoint = entryPoint;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            if (!name.equals(entryPoint.method()) || !descriptor.equals(entryPoint.descriptor())) {
                return next;
            }
            installed++;
            return entryPoint.replacesArgument()
                    ? new ArgumentReplacer(next, entryPoint)
                    : new EarlyReturn(next, entryPoint);
        }
    }

    /** {@code T answer = DjHooks.hook(...); if (answer != null) return answer;}, with the argument of a static method. */
    private static final class EarlyReturn extends MethodVisitor {
        private final EntryPoint entryPoint;

        EarlyReturn(MethodVisitor next, EntryPoint entryPoint) {
            super(Opcodes.ASM9, next);
            this.entryPoint = entryPoint;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            String descriptor = entryPoint.hookDescriptor();
            if (descriptor.startsWith("(Z)")) {
                visitVarInsn(Opcodes.ILOAD, 0);
            } else if (descriptor.startsWith("(L")) {
                visitVarInsn(Opcodes.ALOAD, 0); // of a static method
            }
            visitMethodInsn(Opcodes.INVOKESTATIC, EntryPoint.HOOKS, entryPoint.hook(), descriptor, false);
            Label original = new Label();
            visitInsn(Opcodes.DUP);
            visitJumpInsn(Opcodes.IFNULL, original);
            visitInsn(Opcodes.ARETURN);
            visitLabel(original);
            visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {entryPoint.answerType()});
            visitInsn(Opcodes.POP);
        }
    }

    /** {@code T answer = DjHooks.hook(argument); if (answer != null) argument = answer;} in an instance method. */
    private static final class ArgumentReplacer extends MethodVisitor {
        private final EntryPoint entryPoint;

        ArgumentReplacer(MethodVisitor next, EntryPoint entryPoint) {
            super(Opcodes.ASM9, next);
            this.entryPoint = entryPoint;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            visitVarInsn(Opcodes.ALOAD, 1);
            visitMethodInsn(
                    Opcodes.INVOKESTATIC, EntryPoint.HOOKS, entryPoint.hook(), entryPoint.hookDescriptor(), false);
            Label answered = new Label();
            visitInsn(Opcodes.DUP);
            visitJumpInsn(Opcodes.IFNONNULL, answered);
            visitInsn(Opcodes.POP);
            visitVarInsn(Opcodes.ALOAD, 1);
            visitLabel(answered);
            visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {entryPoint.answerType()});
            visitVarInsn(Opcodes.ASTORE, 1);
        }
    }
}
