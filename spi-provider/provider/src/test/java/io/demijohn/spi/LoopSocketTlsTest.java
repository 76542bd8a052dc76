package io.demijohn.spi;

@LoopWorlds
class LoopSocketTlsTest extends SocketTlsContract {}
