package io.demijohn.spi;

@LoopWorlds
class LoopSocketStreamTest extends SocketStreamContract {}
