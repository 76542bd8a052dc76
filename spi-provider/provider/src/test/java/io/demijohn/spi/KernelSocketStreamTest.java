package io.demijohn.spi;

@KernelWorlds
class KernelSocketStreamTest extends SocketStreamContract {}
