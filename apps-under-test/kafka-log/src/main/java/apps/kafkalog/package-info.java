/** A Kafka broker in KRaft mode with one node, and producers and consumers of it. */
@NullMarked
package apps.kafkalog;

import org.jspecify.annotations.NullMarked;
