package io.demijohn.compat.users;

import org.junit.jupiter.api.Tag;

/** The same broker and clients in one stock JVM. */
@Tag("nightly")
@Over(Transport.STOCK)
final class KafkaPairsOnStockTest extends KafkaPairsContract {}
