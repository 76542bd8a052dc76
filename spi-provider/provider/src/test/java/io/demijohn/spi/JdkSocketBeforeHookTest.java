package io.demijohn.spi;

@StockWorlds
class JdkSocketBeforeHookTest extends SocketBeforeHookContract {}
