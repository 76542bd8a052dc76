package io.demijohn.spi;

@StockWorlds
class JdkSocketQueriesTest extends SocketQueriesContract {}
