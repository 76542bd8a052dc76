package io.demijohn.agent.app;

import java.io.IOException;

/** Says hello and ends with the status given. */
public final class Hello {
    private Hello() {}

    public static void main(String[] arguments) throws IOException {
        Output.line("hello");
        if (arguments.length > 0) {
            System.exit(Integer.parseInt(arguments[0]));
        }
    }
}
