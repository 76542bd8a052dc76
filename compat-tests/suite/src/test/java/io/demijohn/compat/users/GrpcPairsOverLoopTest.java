package io.demijohn.compat.users;

import org.junit.jupiter.api.Tag;

/** A gRPC server and its client meet on the in-process device. */
@Tag("nightly")
@Over(Transport.LOOP)
final class GrpcPairsOverLoopTest extends GrpcPairsContract {}
