package io.demijohn.spi;

@StockWorlds
class JdkSocketConnectTest extends SocketConnectContract {}
