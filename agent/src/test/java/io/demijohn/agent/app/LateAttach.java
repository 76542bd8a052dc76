package io.demijohn.agent.app;

import com.sun.tools.attach.VirtualMachine;
import java.nio.channels.spi.SelectorProvider;

/** Loads an agent into itself while it runs; needs {@code -Djdk.attach.allowAttachSelf=true}. */
public final class LateAttach {
    private LateAttach() {}

    public static void main(String[] arguments) throws Exception {
        String own = Long.toString(ProcessHandle.current().pid());
        VirtualMachine machine = VirtualMachine.attach(own);
        machine.loadAgent(arguments[0]);
        machine.detach();
        Output.line("provider " + SelectorProvider.provider().getClass().getName());
    }
}
