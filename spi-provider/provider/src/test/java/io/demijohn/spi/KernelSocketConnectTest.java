package io.demijohn.spi;

@KernelWorlds
class KernelSocketConnectTest extends SocketConnectContract {}
