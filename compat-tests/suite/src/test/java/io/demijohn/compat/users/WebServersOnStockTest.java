package io.demijohn.compat.users;

/** The same web servers on the stock JDK. */
@Over(Transport.STOCK)
final class WebServersOnStockTest extends WebServersContract {}
