package io.demijohn.compat.users;

import org.junit.jupiter.api.Tag;

/** One end of each gRPC connection under the agent, the other the kernel's. */
@Tag("nightly")
@Over(Transport.TAP)
final class GrpcOverTapTest extends GrpcContract {}
