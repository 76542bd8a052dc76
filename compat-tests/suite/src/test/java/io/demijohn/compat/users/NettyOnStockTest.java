package io.demijohn.compat.users;

/** The same Netty programs on the stock JDK. */
@Over(Transport.STOCK)
final class NettyOnStockTest extends NettyContract {}
