package io.demijohn.compat.users;

import java.util.ArrayList;
import java.util.List;

/** What the program {@code web} prints when a visit held. */
final class WebLines {
    static final String HTTP_1 = "1@http";
    static final String HTTPS_1 = "1@https";
    static final String HTTP_2 = "2@http";
    static final String HTTPS_2 = "2@https";

    private WebLines() {}

    /** Returns the four lines of each visit, with the protocol in the words of the client. */
    static List<String> of(String client, List<String> versions) {
        List<String> lines = new ArrayList<>();
        for (String version : versions) {
            String start = version.substring(2) + " " + protocol(client, version.startsWith("2")) + " ";
            for (String what : List.of("in turn 200", "at once 160", "down 8000000", "up 8000000")) {
                lines.add(start + what + " OK");
            }
        }
        return lines;
    }

    private static String protocol(String client, boolean http2) {
        return switch (client) {
            case "jdk" -> http2 ? "HTTP_2" : "HTTP_1_1";
            case "okhttp" -> http2 ? "h2" : "http/1.1";
            default -> http2 ? "HTTP/2.0" : "HTTP/1.1";
        };
    }
}
