package io.demijohn.compat.users;

/** Web clients under the agent visit across a tap device. */
@Over(Transport.TAP)
final class WebClientsOverTapTest extends WebClientsContract {}
