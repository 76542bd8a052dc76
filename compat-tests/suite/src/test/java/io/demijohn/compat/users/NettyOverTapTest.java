package io.demijohn.compat.users;

/** One end of each Netty connection under the agent, the other the kernel's. */
@Over(Transport.TAP)
final class NettyOverTapTest extends NettyContract {}
