/** A program that works with a database through PostgreSQL's JDBC driver. */
@NullMarked
package apps.postgresclient;

import org.jspecify.annotations.NullMarked;
