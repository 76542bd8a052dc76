package io.demijohn.compat.users;

import java.util.List;

/** What the clients of the program {@code web} speak. */
final class WebClients {
    private WebClients() {}

    /** Returns the program's words for the clients of one application. */
    static List<String> words(Application application) {
        return switch (application) {
            case JDK_HTTP_CLIENT -> List.of("jdk");
            case HTTPCLIENT_5 -> List.of("apache", "apache-async");
            case OKHTTP -> List.of("okhttp");
            default -> throw new IllegalArgumentException(application.label());
        };
    }

    /** Returns the versions to visit an Undertow with. */
    static List<String> versions(String client) {
        return client.equals("apache")
                ? List.of(WebLines.HTTP_1, WebLines.HTTPS_1)
                : List.of(WebLines.HTTP_1, WebLines.HTTPS_1, WebLines.HTTPS_2);
    }
}
