/**
 * The device SPI, the lowest floor: raw and registered memory, packet buffers and network devices.
 *
 * <p>Imports nothing of Demijohn. Drivers implement what stands here and see nothing else; the stack and the engines
 * use it from above. {@link io.demijohn.device.Mem} is the one class of the project that touches raw memory.
 */
@NullMarked
package io.demijohn.device;

import org.jspecify.annotations.NullMarked;
