package io.demijohn.spi;

@KernelWorlds
class KernelSocketOptionValueTest extends SocketOptionValueContract {}
