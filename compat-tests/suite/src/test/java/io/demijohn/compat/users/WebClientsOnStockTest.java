package io.demijohn.compat.users;

/** The same web clients on the stock JDK. */
@Over(Transport.STOCK)
final class WebClientsOnStockTest extends WebClientsContract {}
