package apps.postgresclient;

import apps.common.Arguments;
import apps.common.Lifetime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * {@code postgres-client --host H --port P --user U}: works with the database {@code postgres}, first without and then with TLS,
 * checks every answer, prints one {@code ... OK} line for each thing that held and then {@code visited}, and keeps some connections
 * until standard input closes.
 */
public final class PostgresClient {
    private static final int SECONDS_MAX = 600;
    private static final String TIMEOUT_SECONDS = "60";
    private static final int HELD_CONNECTIONS = 5;

    private final String url;
    private final String user;

    private PostgresClient(String url, String user) {
        this.url = url;
        this.user = user;
    }

    /** Runs all of it. */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.parse(args, "host", "port", "user");
        PostgresClient client = new PostgresClient(
                "jdbc:postgresql://" + arguments.text("host", "127.0.0.1") + ":" + arguments.number("port", 5432)
                        + "/postgres",
                arguments.text("user", "test"));
        List<Connection> held = new ArrayList<>();
        for (String mode : new String[] {"disable", "require"}) {
            try (Connection connection = client.connect(mode)) {
                new Work(connection, "ssl=" + mode).run();
            }
            new Crowd(client, mode).run();
            for (int i = 0; i < HELD_CONNECTIONS; i++) {
                held.add(client.connect(mode));
            }
        }
        System.out.println("visited");
        Lifetime.await(SECONDS_MAX);
        for (Connection connection : held) {
            connection.close();
        }
        System.out.println("closed");
    }

    /** Opens a connection that uses TLS as the driver's property of that name says. */
    Connection connect(String sslMode) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("sslmode", sslMode);
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("loginTimeout", TIMEOUT_SECONDS);
        properties.setProperty("socketTimeout", TIMEOUT_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        return DriverManager.getConnection(url, properties);
    }
}
