package io.demijohn.spi;

@StockWorlds
class JdkSocketSubclassTest extends SocketSubclassContract {}
