package apps.common;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A small program's command line: an optional command word first, then {@code --name value} pairs.
 *
 * <p>Immutable. A name that the program does not know, or a name without a value, ends the parse with an
 * {@link IllegalArgumentException} that says what is allowed.
 */
public final class Arguments {
    private final String command;
    private final Map<String, String> values;

    private Arguments(String command, Map<String, String> values) {
        this.command = command;
        this.values = values;
    }

    /** Parses {@code args}, in which only {@code names} may stand. */
    public static Arguments parse(String[] args, String... names) {
        boolean hasCommand = args.length > 0 && !args[0].startsWith("--");
        Map<String, String> values = new HashMap<>();
        for (int i = hasCommand ? 1 : 0; i < args.length; i += 2) {
            String name = args[i].startsWith("--") ? args[i].substring(2) : "";
            if (!List.of(names).contains(name) || i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + ": not one of --" + String.join(" V, --", names) + " V");
            }
            values.put(name, args[i + 1]);
        }
        return new Arguments(hasCommand ? args[0] : "", values);
    }

    /** Returns the command word, empty if there is none. */
    public String command() {
        return command;
    }

    /** Returns the value of {@code name}, or {@code fallback} if it was not given. */
    public String text(String name, String fallback) {
        @Nullable String value = values.get(name);
        return value == null ? fallback : value;
    }

    /** Returns the value of {@code name} as a number, or {@code fallback} if it was not given. */
    public int number(String name, int fallback) {
        @Nullable String value = values.get(name);
        return value == null ? fallback : Integer.parseInt(value);
    }
}
