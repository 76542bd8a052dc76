/**
 * This host's kernel as a test's counterpart: network namespaces, tap interfaces, sockets inside of them.
 *
 * <p>Floor: compat-tests. Imports {@code io.demijohn.device} for raw memory, JNA and the JDK.
 */
@NullMarked
package io.demijohn.linux.host;

import org.jspecify.annotations.NullMarked;
