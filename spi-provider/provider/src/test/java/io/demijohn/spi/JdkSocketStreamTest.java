package io.demijohn.spi;

@StockWorlds
class JdkSocketStreamTest extends SocketStreamContract {}
