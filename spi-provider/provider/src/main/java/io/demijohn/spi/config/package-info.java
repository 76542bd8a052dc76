/**
 * Configuration, beside the spi-provider floor: what the user typed, checked once, as plain values.
 *
 * <p>Imports nothing of Demijohn and is read by everything above the engine. No other package reads options, system
 * properties of ours, or files.
 */
@NullMarked
package io.demijohn.spi.config;

import org.jspecify.annotations.NullMarked;
