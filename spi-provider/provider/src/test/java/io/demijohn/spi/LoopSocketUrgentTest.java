package io.demijohn.spi;

@LoopWorlds
class LoopSocketUrgentTest extends SocketUrgentContract {}
