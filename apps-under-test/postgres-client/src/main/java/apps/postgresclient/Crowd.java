package apps.postgresclient;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many connections at once, each with a thread and many short statements. */
final class Crowd {
    private static final int CONNECTIONS = 20;
    private static final int STATEMENTS = 100;

    private final PostgresClient client;
    private final String sslMode;

    Crowd(PostgresClient client, String sslMode) {
        this.client = client;
        this.sslMode = sslMode;
    }

    /** Runs them all and prints one line. */
    void run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<Long>> sums = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                sums.add(threads.submit(this::work));
            }
            for (Future<Long> sum : sums) {
                if (sum.get() != (long) STATEMENTS * (STATEMENTS - 1) / 2) {
                    throw new SQLException("FAILED sum " + sum.get());
                }
            }
        } finally {
            threads.shutdownNow();
        }
        System.out.println("ssl=" + sslMode + " crowd " + CONNECTIONS + "x" + STATEMENTS + " OK");
    }

    private long work() throws SQLException {
        long sum = 0;
        try (Connection connection = client.connect(sslMode);
                PreparedStatement echo = connection.prepareStatement("select ?::int")) {
            for (int i = 0; i < STATEMENTS; i++) {
                echo.setInt(1, i);
                try (ResultSet rows = echo.executeQuery()) {
                    sum += rows.next() ? rows.getInt(1) : -STATEMENTS;
                }
            }
        }
        return sum;
    }
}
