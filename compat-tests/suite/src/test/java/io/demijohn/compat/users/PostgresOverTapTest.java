package io.demijohn.compat.users;

import org.junit.jupiter.api.Tag;

/** PostgreSQL's driver under the agent, the server behind a tap device. */
@Tag("nightly")
@Over(Transport.TAP)
final class PostgresOverTapTest extends PostgresContract {}
