package io.demijohn.compat.users;

/** What carries a test's connections. */
enum Transport {
    /** The stock JDK on the kernel, without the agent: shows that the test is right. */
    STOCK("none (stock JDK)", ""),
    /** The program under the agent in a network namespace, its peer behind a tap device in the kernel. */
    TAP("tap", ""),
    /** Both ends in one JVM under the agent, over the in-process device. */
    LOOP("loop", "loop=on,report=exit");

    private final String label;
    private final String agentOptions;

    Transport(String label, String agentOptions) {
        this.label = label;
        this.agentOptions = agentOptions;
    }

    /** Returns the name in the matrix. */
    String label() {
        return label;
    }

    /** Returns the agent's options where no rig has its own; empty without an agent. */
    String agentOptions() {
        return agentOptions;
    }

    /** Returns whether connections must not be the kernel's. */
    boolean isBypass() {
        return this != STOCK;
    }
}
