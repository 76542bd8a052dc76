package io.demijohn.spi;

@StockWorlds
class JdkSocketTlsTest extends SocketTlsContract {}
