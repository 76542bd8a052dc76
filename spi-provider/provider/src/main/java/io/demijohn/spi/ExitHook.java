package io.demijohn.spi;

import jdk.internal.access.SharedSecrets;

/**
 * Runs something at the orderly end of the JVM, after the application's shutdown hooks.
 *
 * <p>The JDK runs its own hooks by slots, one after the other; the application's are all in slot 1. Never runs anything on a
 * JVM that is killed or halted.
 */
final class ExitHook {
    /** The JDK's last slot; it uses 0 to 2 itself. */
    private static final int SLOT_LAST = 9;

    private static final int SLOT_FIRST = 3;

    private ExitHook() {}

    static void register(Runnable action) {
        for (int slot = SLOT_LAST; slot >= SLOT_FIRST; slot--) {
            if (registerInSlot(slot, action)) {
                return;
            }
        }
        // beside the application's hooks: it may see its sockets closed early
        Runtime.getRuntime().addShutdownHook(new Thread(null, action, "demijohn-exit", 0, false));
    }

    private static boolean registerInSlot(int slot, Runnable action) {
        try {
            SharedSecrets.getJavaLangAccess().registerShutdownHook(slot, false, action);
            return true;
        } catch (InternalError | IllegalAccessError e) { // the slot is taken, or the package is closed to us
            return false;
        }
    }
}
