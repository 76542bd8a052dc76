package io.demijohn.spi;

@StockWorlds
class JdkSocketVirtualTest extends SocketVirtualContract {}
