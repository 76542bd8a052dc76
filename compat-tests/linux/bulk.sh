#!/bin/sh
# Measures bulk transfers over a tap interface with each offload: compat-tests/linux/bulk.sh megabytes=1000 rounds=5 (as root; README.md).
# Compiles first; COMPILED=1 leaves that out. JAVA names another launcher, JAVA_OPTS its options.
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/compat-tests/linux
if [ -z "$COMPILED" ]; then
  (cd "$root" && mvn -B -o -q process-classes -pl compat-tests/linux -am)
fi
exec "${JAVA:-java}" $JAVA_OPTS --add-exports java.base/jdk.internal.misc=ALL-UNNAMED --add-exports java.base/sun.nio.ch=ALL-UNNAMED \
  -cp "$here/target/classes:$(cat "$here/target/classpath")" io.demijohn.linux.bulk.BulkMain "$@"
