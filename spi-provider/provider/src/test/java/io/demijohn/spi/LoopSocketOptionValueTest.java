package io.demijohn.spi;

@LoopWorlds
class LoopSocketOptionValueTest extends SocketOptionValueContract {}
