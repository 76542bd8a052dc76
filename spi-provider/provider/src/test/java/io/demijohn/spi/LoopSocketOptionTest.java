package io.demijohn.spi;

@LoopWorlds
class LoopSocketOptionTest extends SocketOptionContract {}
