package io.demijohn.spi;

@LoopWorlds
class LoopSocketCloseTest extends SocketCloseContract {}
