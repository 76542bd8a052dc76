package io.demijohn.agent.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The standard output stream of a program, which the test reads. */
final class Output {
    private Output() {}

    @SuppressWarnings("resource") // the descriptor is the program's as long as it lives
    static void line(Object text) throws IOException {
        new FileOutputStream(FileDescriptor.out).write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
