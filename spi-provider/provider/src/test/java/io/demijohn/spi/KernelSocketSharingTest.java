package io.demijohn.spi;

@KernelWorlds
class KernelSocketSharingTest extends SocketSharingContract {}
