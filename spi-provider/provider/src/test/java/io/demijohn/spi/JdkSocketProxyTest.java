package io.demijohn.spi;

@StockWorlds
class JdkSocketProxyTest extends SocketProxyContract {}
