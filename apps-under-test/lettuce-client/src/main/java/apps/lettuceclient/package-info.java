/** A program that stores, pipelines and publishes through Lettuce. */
@NullMarked
package apps.lettuceclient;

import org.jspecify.annotations.NullMarked;
