package io.demijohn.spi;

@LoopWorlds
class LoopSocketQueriesTest extends SocketQueriesContract {}
