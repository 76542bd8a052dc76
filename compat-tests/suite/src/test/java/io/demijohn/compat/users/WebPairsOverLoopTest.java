package io.demijohn.compat.users;

/** Web servers and clients of one JVM meet on the in-process device. */
@Over(Transport.LOOP)
final class WebPairsOverLoopTest extends WebPairsContract {}
