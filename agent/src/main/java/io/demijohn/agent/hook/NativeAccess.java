package io.demijohn.agent.hook;

import jdk.internal.access.SharedSecrets;

/**
 * Lets our own module, and no other, call native code without a warning on releases that restrict it.
 *
 * <p>Once, before JNA is loaded; the same call on 17 and later.
 */
final class NativeAccess {
    private NativeAccess() {}

    static void enable(Module module) throws HookException {
        try {
            SharedSecrets.getJavaLangAccess().addEnableNativeAccess(module);
        } catch (LinkageError unlike) {
            throw new HookException("this JDK grants native access otherwise", unlike);
        }
    }
}
