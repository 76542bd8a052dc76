package io.demijohn.compat.users;

import org.junit.jupiter.api.Tag;

/** The same broker and clients on the stock JDK. */
@Tag("nightly")
@Over(Transport.STOCK)
final class KafkaOnStockTest extends KafkaContract {}
