package io.demijohn.compat.users;

import org.junit.jupiter.api.Tag;

/** Broker and clients of one JVM meet on the in-process device. */
@Tag("nightly")
@Over(Transport.LOOP)
final class KafkaPairsOverLoopTest extends KafkaPairsContract {}
