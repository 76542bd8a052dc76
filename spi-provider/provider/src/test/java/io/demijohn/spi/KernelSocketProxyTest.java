package io.demijohn.spi;

@KernelWorlds
class KernelSocketProxyTest extends SocketProxyContract {}
