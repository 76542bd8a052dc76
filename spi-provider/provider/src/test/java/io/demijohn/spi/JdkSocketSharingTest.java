package io.demijohn.spi;

@StockWorlds
class JdkSocketSharingTest extends SocketSharingContract {}
