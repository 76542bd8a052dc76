package io.demijohn.compat.users;

/** The same Netty pair on the stock JDK. */
@Over(Transport.STOCK)
final class NettyPairsOnStockTest extends NettyPairsContract {}
