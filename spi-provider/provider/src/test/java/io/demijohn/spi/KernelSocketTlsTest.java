package io.demijohn.spi;

@KernelWorlds
class KernelSocketTlsTest extends SocketTlsContract {}
