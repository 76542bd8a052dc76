package io.demijohn.spi;

@KernelWorlds
class KernelSocketSubclassTest extends SocketSubclassContract {}
