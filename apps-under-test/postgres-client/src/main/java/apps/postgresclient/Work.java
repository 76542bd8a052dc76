package apps.postgresclient;

import apps.common.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyManager;

/** What is done on one connection; prints one line for each method that held. One thread. */
final class Work {
    private static final int ROWS = 5000;
    private static final int FETCHED_ROWS = 100;
    private static final int LARGE_BYTES = 8_000_000;
    private static final int COPIED_ROWS = 200_000;
    private static final int MESSAGES = 200;
    private static final int WAIT_MILLIS = 30_000;
    private static final int CANCEL_EACH_MILLIS = 20;
    private static final String CANCELED = "57014"; // query_canceled

    private final Connection connection;
    private final String name;

    Work(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    /** Does everything in turn. */
    void run() throws Exception {
        batch();
        cursor();
        large();
        copy();
        cancel();
        notifications();
    }

    private void say(String what) {
        System.out.println(name + " " + what + " OK");
    }

    private void batch() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create temporary table numbers (id int primary key, square bigint)");
        }
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("insert into numbers values (?, ?)")) {
            for (int i = 0; i < ROWS; i++) {
                insert.setInt(1, i);
                insert.setLong(2, (long) i * i);
                insert.addBatch();
            }
            check(Arrays.stream(insert.executeBatch()).sum() == ROWS, "rows inserted");
        }
        connection.commit();
        say("batch " + ROWS);
    }

    private void cursor() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCHED_ROWS);
            try (ResultSet rows = statement.executeQuery("select id, square from numbers order by id")) {
                int id = 0;
                for (; rows.next(); id++) {
                    check(rows.getInt(1) == id && rows.getLong(2) == (long) id * id, "row " + id);
                }
                check(id == ROWS, "rows read: " + id);
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
        say("cursor " + ROWS);
    }

    private void large() throws SQLException {
        byte[] value = Bytes.range(5, LARGE_BYTES);
        try (PreparedStatement echo = connection.prepareStatement("select ?::bytea")) {
            echo.setBytes(1, value);
            try (ResultSet rows = echo.executeQuery()) {
                check(rows.next() && Arrays.equals(value, rows.getBytes(1)), "large value");
            }
        }
        say("large " + LARGE_BYTES);
    }

    private void copy() throws SQLException, IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < COPIED_ROWS; i++) {
            text.append(i)
                    .append('\t')
                    .append("a line of some length, number ")
                    .append(i)
                    .append('\n');
        }
        byte[] sent = text.toString().getBytes(StandardCharsets.US_ASCII);
        CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
        try (Statement statement = connection.createStatement()) {
            statement.execute("create temporary table lines (id int, line text)");
        }
        check(copies.copyIn("copy lines from stdin", new ByteArrayInputStream(sent)) == COPIED_ROWS, "rows in");
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        check(copies.copyOut("copy lines to stdout", got) == COPIED_ROWS, "rows out");
        check(Bytes.sha256(sent).equals(Bytes.sha256(got.toByteArray())), "copied text");
        say("copy " + COPIED_ROWS);
    }

    /** Cancels a statement, which the driver does over a connection of its own. */
    private void cancel() throws Exception {
        try (Statement statement = connection.createStatement();
                Statement watched = connection.createStatement()) {
            CompletableFuture<String> end = CompletableFuture.supplyAsync(() -> stateAfter(statement));
            // a cancel that comes before the statement has no effect: again until it ends
            while (!end.isDone()) {
                statement.cancel();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(CANCEL_EACH_MILLIS));
            }
            check(end.get().equals(CANCELED), "state after cancel: " + end.get());
            try (ResultSet rows = watched.executeQuery("select 1")) {
                check(rows.next(), "statement after a cancel");
            }
        }
        say("cancel");
    }

    private static String stateAfter(Statement statement) {
        try {
            statement.execute("select pg_sleep(600)");
            return "none";
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    private void notifications() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen news");
            for (int i = 0; i < MESSAGES; i++) {
                statement.execute("notify news, 'message-" + i + "'");
            }
        }
        PGConnection listening = connection.unwrap(PGConnection.class);
        int count = 0;
        while (count < MESSAGES) {
            PGNotification[] got = listening.getNotifications(WAIT_MILLIS);
            check(got.length > 0, "notifications: " + count);
            for (PGNotification notification : got) {
                check(notification.getParameter().equals("message-" + count), "notification " + count);
                count++;
            }
        }
        say("notifications " + MESSAGES);
    }

    private static void check(boolean held, String what) throws SQLException {
        if (!held) {
            throw new SQLException("FAILED " + what);
        }
    }
}
