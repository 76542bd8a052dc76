/** A program that stores, pipelines and publishes through Jedis. */
@NullMarked
package apps.jedisclient;

import org.jspecify.annotations.NullMarked;
