package io.demijohn.stack;

import java.lang.reflect.Field;
import java.util.function.ObjLongConsumer;

/**
 * Counters by name: what a floor counts stands in public long fields of a subclass, each with its sentence.
 *
 * <p>Written by the engine's driver with plain increments; anyone may read them as recent values. Listing is control plane.
 */
public abstract class Counters {
    /** Gives every counter that is not 0 by name, in the order they are declared. */
    public final void forEachNonZero(ObjLongConsumer<String> sink) {
        for (Field field : getClass().getFields()) {
            try {
                long value = field.getLong(this);
                if (value != 0) {
                    sink.accept(field.getName(), value);
                }
            } catch (IllegalAccessException e) {
                throw new AssertionError("a public field of ours", e);
            }
        }
    }

    @Override
    public final String toString() {
        StringBuilder text = new StringBuilder();
        forEachNonZero((name, value) -> text.append(text.length() == 0 ? "" : " ")
                .append(name)
                .append('=')
                .append(value));
        return text.toString();
    }
}
