package io.demijohn.compat.users;

import io.demijohn.compat.harness.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whose users we want to be, in the order of the matrix. Each is run by a program of {@code apps-under-test}. */
enum Application {
    JDK_HTTP_SERVER("JDK HttpServer", "web", ""),
    JDK_HTTP_CLIENT("JDK HttpClient", "web", ""),
    NETTY_4_1("Netty 4.1 NIO", "netty-echo", "io.netty:netty-transport"),
    NETTY_4_2("Netty 4.2 NIO", "netty42-echo", "io.netty:netty-transport"),
    JETTY("Jetty 12", "web", "org.eclipse.jetty:jetty-server"),
    TOMCAT("Tomcat", "web", "org.apache.tomcat.embed:tomcat-embed-core"),
    UNDERTOW("Undertow", "web", "io.undertow:undertow-core"),
    JEDIS("Jedis", "jedis-client", "redis.clients:jedis", Application.NATIVE_SERVER),
    LETTUCE("Lettuce", "lettuce-client", "io.lettuce:lettuce-core", Application.NATIVE_SERVER),
    GRPC("gRPC over Netty", "grpc-echo", "io.grpc:grpc-netty"),
    HTTPCLIENT_5("Apache HttpClient 5", "web", "org.apache.httpcomponents.client5:httpclient5"),
    OKHTTP("OkHttp", "web", "com.squareup.okhttp3:okhttp-jvm"),
    POSTGRESQL_JDBC("PostgreSQL JDBC", "postgres-client", "org.postgresql:postgresql", Application.NATIVE_SERVER),
    KAFKA("Kafka broker, producer and consumer", "kafka-log", "org.apache.kafka:kafka_2.13");

    private static final String NATIVE_SERVER = "its server is no JVM, so the two cannot meet within one";

    private static final String OF_THE_JDK = "the JDK's own";

    private final String label;
    private final String program;
    private final String artifact;
    private final String notOnLoop;

    Application(String label, String program, String artifact) {
        this(label, program, artifact, "");
    }

    Application(String label, String program, String artifact, String notOnLoop) {
        this.label = label;
        this.program = program;
        this.artifact = artifact;
        this.notOnLoop = notOnLoop;
    }

    /** Returns the name in the matrix. */
    String label() {
        return label;
    }

    /** Returns the folder of the program that runs it. */
    String program() {
        return program;
    }

    /** Returns the name as the last word of a program's arguments: {@code tomcat} for TOMCAT. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns why no test can run it over {@code transport}, or an empty text if one can. */
    String reasonAgainst(Transport transport) {
        return transport == Transport.LOOP ? notOnLoop : "";
    }

    /** Returns {@code group:artifact:version} as it lies on the program's class path. */
    String artifactAndVersion() {
        if (artifact.isEmpty()) {
            return OF_THE_JDK;
        }
        String name = artifact.substring(artifact.indexOf(':') + 1);
        Pattern jar = Pattern.compile(Pattern.quote(name) + "-(\\d.*)\\.jar");
        try (Stream<Path> files = Files.list(Project.appJar(program).resolveSibling("lib"))) {
            List<String> versions = files.map(
                            file -> jar.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(matcher -> matcher.group(1))
                    .toList();
            if (versions.size() != 1) {
                throw new IllegalStateException(artifact + " is there " + versions.size() + " times: mvn clean verify");
            }
            return artifact + ":" + versions.get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
