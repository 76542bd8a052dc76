package io.demijohn.spi;

@KernelWorlds
class KernelSocketVirtualTest extends SocketVirtualContract {}
