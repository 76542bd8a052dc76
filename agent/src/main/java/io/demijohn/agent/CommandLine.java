package io.demijohn.agent;

import java.io.PrintStream;
import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.Map;

/**
 * {@code java -jar demijohn.jar COMMAND}: answers on the standard output stream, refuses on the standard error stream.
 *
 * <p>Status 0: done; 1: {@code doctor} found that this JVM cannot be hooked; 2: not a command.
 */
public final class CommandLine {
    private static final int STATUS_USAGE = 2;
    private static final List<String> LATER_COMMANDS = List.of("stat", "top", "rules");
    private static final List<String> USAGE = List.of(
            "usage: java -jar demijohn.jar COMMAND",
            "  doctor    which devices this host can use, what is missing for the others, and whether this JVM can be hooked",
            "  version   the version",
            "or, with an application: java -javaagent:demijohn.jar[=KEY=VALUE,...] -jar app.jar");

    private CommandLine() {}

    public static void main(String[] arguments) {
        int status = run(arguments, output());
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(String[] arguments, PrintStream out) {
        String command = arguments.length == 0 ? "" : arguments[0];
        if (arguments.length == 1 && "version".equals(command)) {
            out.println("demijohn " + Version.text());
            return 0;
        }
        if (arguments.length == 1 && "doctor".equals(command)) {
            return doctor(out);
        }
        if (arguments.length == 1 && ("help".equals(command) || "--help".equals(command) || "-h".equals(command))) {
            USAGE.forEach(out::println);
            return 0;
        }
        if (LATER_COMMANDS.contains(command)) {
            StandardError.print("demijohn: '" + command + "' is not in this version");
        } else if (arguments.length > 1) {
            StandardError.print("demijohn: too many words after '" + command + "'");
        } else if (!command.isEmpty()) {
            StandardError.print("demijohn: unknown command '" + command + "'");
        }
        USAGE.forEach(StandardError::print);
        return STATUS_USAGE;
    }

    private static int doctor(PrintStream out) {
        Instrumentation instrumentation = CommandLineAgent.instrumentation();
        if (instrumentation == null) {
            StandardError.print("demijohn: doctor needs to be run as java -jar demijohn.jar doctor");
            return STATUS_USAGE;
        }
        try {
            Map.Entry<Integer, List<String>> answer =
                    DatapathLayer.open(instrumentation).call("doctor", instrumentation, null);
            answer.getValue().forEach(out::println);
            return answer.getKey();
        } catch (LayerException cannotLoad) {
            out.println("this JVM: cannot be used: " + cannotLoad.getMessage());
            return 1;
        }
    }

    /** The command line's answers are its product; nothing else of ours prints there. */
    private static PrintStream output() {
        return System.out;
    }
}
