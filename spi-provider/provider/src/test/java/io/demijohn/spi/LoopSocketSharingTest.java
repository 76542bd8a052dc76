package io.demijohn.spi;

@LoopWorlds
class LoopSocketSharingTest extends SocketSharingContract {}
