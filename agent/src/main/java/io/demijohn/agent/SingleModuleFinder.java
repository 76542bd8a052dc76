package io.demijohn.agent;

import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.util.Optional;
import java.util.Set;

/** Finds one module. */
final class SingleModuleFinder implements ModuleFinder {
    private final ModuleReference reference;

    SingleModuleFinder(ModuleReference reference) {
        this.reference = reference;
    }

    @Override
    public Optional<ModuleReference> find(String name) {
        return name.equals(reference.descriptor().name()) ? Optional.of(reference) : Optional.empty();
    }

    @Override
    public Set<ModuleReference> findAll() {
        return Set.of(reference);
    }
}
