package io.demijohn.spi;

@KernelWorlds
class KernelSocketOptionTest extends SocketOptionContract {}
