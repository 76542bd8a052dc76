package io.demijohn.agent;

/** The one place that prints on the standard error stream; each call is one line. */
final class StandardError {
    private StandardError() {}

    static void print(String line) {
        System.err.println(line);
    }
}
