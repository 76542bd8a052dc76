package io.demijohn.spi;

@KernelWorlds
class KernelSocketCloseTest extends SocketCloseContract {}
