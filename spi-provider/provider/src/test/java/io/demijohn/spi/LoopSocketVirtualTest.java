package io.demijohn.spi;

@LoopWorlds
class LoopSocketVirtualTest extends SocketVirtualContract {}
