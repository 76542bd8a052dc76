package io.demijohn.spi;

@LoopWorlds
class LoopSocketSubclassTest extends SocketSubclassContract {}
