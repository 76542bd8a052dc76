package io.demijohn.compat.users;

/** A Netty server and its clients meet on the in-process device. */
@Over(Transport.LOOP)
final class NettyPairsOverLoopTest extends NettyPairsContract {}
