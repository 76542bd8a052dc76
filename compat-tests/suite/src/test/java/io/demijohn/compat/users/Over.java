package io.demijohn.compat.users;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Says over what the tests of a class run. Every test of such a class takes the {@link Application} as an argument and speaks for
 * one cell of the matrix.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MatrixRecorder.class)
@interface Over {
    /** Returns the transport. */
    Transport value();
}
