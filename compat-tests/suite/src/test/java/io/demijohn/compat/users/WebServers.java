package io.demijohn.compat.users;

import java.util.List;

/** What the servers of the program {@code web} speak. */
final class WebServers {
    private WebServers() {}

    /** Returns the program's word for the server. */
    static String word(Application application) {
        return application == Application.JDK_HTTP_SERVER ? "jdk" : application.word();
    }

    /** Returns the versions to visit it with; HTTP/2 without TLS only where it takes the upgrade. */
    static List<String> versions(Application application) {
        return switch (application) {
            case TOMCAT -> List.of(WebLines.HTTP_1, WebLines.HTTPS_1, WebLines.HTTPS_2, WebLines.HTTP_2);
            case UNDERTOW -> List.of(WebLines.HTTP_1, WebLines.HTTPS_1, WebLines.HTTPS_2);
            default -> List.of(WebLines.HTTP_1, WebLines.HTTPS_1);
        };
    }
}
