package io.demijohn.spi;

@StockWorlds
class JdkSocketOptionValueTest extends SocketOptionValueContract {}
