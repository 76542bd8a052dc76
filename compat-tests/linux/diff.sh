#!/bin/sh
# Plays cases against Linux and our stack and prints what differs: compat-tests/linux/diff.sh [PART-OF-NAME...] (as root).
# Compiles first; COMPILED=1 leaves that out. JAVA names another launcher, JAVA_OPTS its options.
set -e
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/compat-tests/linux
if [ -z "$COMPILED" ]; then
  (cd "$root" && mvn -B -o -q process-classes -pl compat-tests/linux -am)
fi
exec "${JAVA:-java}" $JAVA_OPTS --add-exports java.base/jdk.internal.misc=ALL-UNNAMED --add-exports java.base/sun.nio.ch=ALL-UNNAMED \
  -cp "$here/target/classes:$(cat "$here/target/classpath")" io.demijohn.linux.diff.DiffMain \
  "$here/src/test/resources/accepted-differences.txt" "$root/datapath/sim/src/test/resources/scripts" "$@"
