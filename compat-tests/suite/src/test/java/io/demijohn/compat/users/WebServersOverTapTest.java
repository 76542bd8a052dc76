package io.demijohn.compat.users;

/** Web servers under the agent, visited across a tap device. */
@Over(Transport.TAP)
final class WebServersOverTapTest extends WebServersContract {}
