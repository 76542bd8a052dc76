package io.demijohn.agent.app;

/** Does nothing, which no policy forbids. */
public final class Nothing {
    private Nothing() {}

    public static void main(String[] arguments) {}
}
