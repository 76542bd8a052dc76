package io.demijohn.compat.users;

import org.junit.jupiter.api.Tag;

/** Broker and clients under one agent each, two tap devices and the kernel between them. */
@Tag("nightly")
@Over(Transport.TAP)
final class KafkaOverTapTest extends KafkaContract {}
