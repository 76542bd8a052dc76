package io.demijohn.compat.users;

import org.junit.jupiter.api.Tag;

/** The same database client on the stock JDK. */
@Tag("nightly")
@Over(Transport.STOCK)
final class PostgresOnStockTest extends PostgresContract {}
