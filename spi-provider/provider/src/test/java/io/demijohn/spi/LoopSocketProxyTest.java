package io.demijohn.spi;

@LoopWorlds
class LoopSocketProxyTest extends SocketProxyContract {}
