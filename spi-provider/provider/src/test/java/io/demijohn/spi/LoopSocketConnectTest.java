package io.demijohn.spi;

@LoopWorlds
class LoopSocketConnectTest extends SocketConnectContract {}
