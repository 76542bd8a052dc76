package io.demijohn.spi;

@KernelWorlds
class KernelSocketQueriesTest extends SocketQueriesContract {}
