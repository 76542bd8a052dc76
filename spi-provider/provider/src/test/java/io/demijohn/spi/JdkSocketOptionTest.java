package io.demijohn.spi;

@StockWorlds
class JdkSocketOptionTest extends SocketOptionContract {}
