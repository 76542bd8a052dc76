package io.demijohn.spi;

@KernelWorlds
class KernelSocketUrgentTest extends SocketUrgentContract {}
