package io.demijohn.spi;

@StockWorlds
class JdkSocketCloseTest extends SocketCloseContract {}
