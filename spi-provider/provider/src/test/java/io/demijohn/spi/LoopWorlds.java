package io.demijohn.spi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs a {@link SocketContract} on ours with the in-process device. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass
@EnumSource(
        value = SocketWorld.class,
        names = {"LOOP", "LOOP_IPV6", "WILDCARD", "WILDCARD_IPV6", "WILDCARD_KERNEL"})
@interface LoopWorlds {}
