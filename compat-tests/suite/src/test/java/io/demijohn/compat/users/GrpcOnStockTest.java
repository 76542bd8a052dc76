package io.demijohn.compat.users;

import org.junit.jupiter.api.Tag;

/** The same gRPC programs on the stock JDK. */
@Tag("nightly")
@Over(Transport.STOCK)
final class GrpcOnStockTest extends GrpcContract {}
