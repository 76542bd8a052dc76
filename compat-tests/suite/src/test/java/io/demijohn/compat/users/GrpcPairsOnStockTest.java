package io.demijohn.compat.users;

import org.junit.jupiter.api.Tag;

/** The same gRPC pair on the stock JDK. */
@Tag("nightly")
@Over(Transport.STOCK)
final class GrpcPairsOnStockTest extends GrpcPairsContract {}
