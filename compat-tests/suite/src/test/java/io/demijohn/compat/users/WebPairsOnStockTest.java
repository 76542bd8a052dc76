package io.demijohn.compat.users;

/** The same web servers and clients on the stock JDK. */
@Over(Transport.STOCK)
final class WebPairsOnStockTest extends WebPairsContract {}
