/**
 * What the tests stand on: namespaces, processes, JDKs, the jars under test, and the reasons to skip.
 *
 * <p>Knows the project's folders and the host's tools; makes no statement about the product.
 */
@NullMarked
package io.demijohn.compat.harness;

import org.jspecify.annotations.NullMarked;
