package io.demijohn.spi;

@KernelWorlds
class KernelSocketBeforeHookTest extends SocketBeforeHookContract {}
