package io.demijohn.compat.users;

/** The same Redis clients on the stock JDK. */
@Over(Transport.STOCK)
final class RedisOnStockTest extends RedisContract {}
