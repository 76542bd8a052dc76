package io.demijohn.spi;

@StockWorlds
class JdkSocketUrgentTest extends SocketUrgentContract {}
