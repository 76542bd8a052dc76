package io.demijohn.compat.users;

/** Redis clients under the agent, redis-server behind a tap device. */
@Over(Transport.TAP)
final class RedisOverTapTest extends RedisContract {}
