package io.demijohn.spi;

@LoopWorlds
class LoopSocketBeforeHookTest extends SocketBeforeHookContract {}
