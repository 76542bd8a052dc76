#!/bin/bash
# Builds what it needs and shows the main job: an unmodified Jetty server and HTTP client under -javaagent, beside the stock JDK.
# Without root: both in one JVM through the in-process device. With root also: the server behind a tap device in a network
# namespace, the client on the kernel's side. Ends by itself and leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${ROUNDS:-5}
requests=${REQUESTS:-2000}
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
agent=agent/target/demijohn.jar
name=djdemo-$$

say() { printf '\n== %s\n' "$*"; }

app() { echo "apps-under-test/$1/target/$1.jar"; }

# keeps the value of median_us of the lines on standard input
medians() { sed -n 's/.*median_us=\([0-9.]*\).*/\1/p'; }

# prints the median of the numbers on standard input
middle() { sort -n | awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : "-" }'; }

compare() { # title, file of stock medians, file of our medians
    printf '%-44s stock JDK %8s us   demijohn %8s us\n' "$1" "$(middle < "$2")" "$(middle < "$3")"
}

work=$(mktemp -d)
server_pid=
cleanup() {
    if [ -n "$server_pid" ]; then
        kill "$server_pid" 2> /dev/null || true
    fi
    for space in "$name-tap" "$name-a" "$name-b"; do
        if [ -e "/run/netns/$space" ]; then
            ip netns delete "$space"
        fi
    done
    rm -rf "$work"
}
trap cleanup EXIT

embedded() { # one round in one JVM: mode, file for the median, java options...
    local mode=$1 file=$2
    shift 2
    "$java" "$@" -jar "$(app hello-pair)" --mode "$mode" --warmup "$requests" --requests "$requests" 2> "$work/err" \
        | medians >> "$file" || { cat "$work/err"; return 1; }
}

serve() { # starts the server: namespace, address, java options...; sets port, server_in and server_pid
    local space=$1 address=$2
    shift 2
    coproc SERVER { exec ip netns exec "$space" "$java" "$@" -jar "$(app jetty-hello)" --host "$address" --seconds 300; }
    server_pid=$SERVER_PID
    server_in=${SERVER[1]}
    read -r -t 60 -u "${SERVER[0]}" _ port || { echo "the server did not start"; return 1; }
}

stop_server() { # its standard input ends, so it ends
    local pid=$server_pid
    server_pid=
    eval "exec $server_in>&-"
    wait "$pid" || true
}

fetch() { # one round of a stock client against the running server: namespace, address, file for the median
    ip netns exec "$1" "$java" -jar "$(app http-client)" --mode plain --warmup "$requests" --requests "$requests" \
        --url "http://$2:$port/hello" | medians >> "$3"
}

say "building (mvn package, without tests)"
modules=agent
for program in hello-pair jetty-hello http-client; do
    modules+=,apps-under-test/$program
done
mvn -q -B -ntp -Dstyle.color=never -DskipTests -Dspotless.check.skip=true package -pl "$modules" -am

say "one JVM: Jetty and an HTTP client, neither changed nor recompiled, loop=on"
"$java" "-javaagent:$agent=loop=on,report=exit" -jar "$(app hello-pair)" --mode http --warmup 100 --requests 1000

say "round trips in one JVM, $rounds interleaved rounds of $requests requests, median of medians"
for ((round = 0; round < rounds; round++)); do
    for mode in http plain; do
        embedded $mode "$work/stock.$mode"
        embedded $mode "$work/ours.$mode" "-javaagent:$agent=loop=on"
    done
done
compare "GET /hello, java.net.http.HttpClient" "$work/stock.http" "$work/ours.http"
compare "GET /hello, java.net.Socket" "$work/stock.plain" "$work/ours.plain"

if [ "$(id -u)" -ne 0 ] || [ ! -e /dev/net/tun ] || ! command -v ip > /dev/null; then
    say "the tap variant needs root, iproute2 and /dev/net/tun: not shown"
    exit 0
fi

say "with root: Jetty behind a tap device, the client on the kernel's side"
ip netns add "$name-tap"
ip -n "$name-tap" link set lo up
ip -n "$name-tap" tuntap add dev dj0 mode tap
ip -n "$name-tap" address add 10.77.0.1/24 dev dj0
ip -n "$name-tap" link set dj0 up
tap="-javaagent:$agent=net=tap:dj0,address=10.77.0.2/24,gateway=10.77.0.1"

ip netns add "$name-a"
ip netns add "$name-b"
ip link add veth0 netns "$name-a" type veth peer name veth0 netns "$name-b"
ip -n "$name-a" address add 10.78.0.1/24 dev veth0
ip -n "$name-b" address add 10.78.0.2/24 dev veth0
ip -n "$name-a" link set veth0 up
ip -n "$name-b" link set veth0 up

serve "$name-tap" 10.77.0.2 "$tap,report=exit"
if command -v curl > /dev/null; then
    ip netns exec "$name-tap" curl -sS "http://10.77.0.2:$port/hello"
    ip netns exec "$name-tap" curl -sS -o /dev/null -w 'curl: %{size_download} bytes at %{speed_download} bytes/s\n' \
        "http://10.77.0.2:$port/bytes/52428800"
fi
if command -v ss > /dev/null; then
    echo "kernel sockets on port $port: $(ip netns exec "$name-tap" ss -Htln "sport = :$port" | wc -l)"
fi
stop_server

for ((round = 0; round < rounds; round++)); do
    serve "$name-b" 10.78.0.2
    fetch "$name-a" 10.78.0.2 "$work/stock.tap"
    stop_server
    serve "$name-tap" 10.77.0.2 "$tap" 2> "$work/err"
    fetch "$name-tap" 10.77.0.2 "$work/ours.tap"
    stop_server
done
compare "GET /hello from a kernel client (veth | tap)" "$work/stock.tap" "$work/ours.tap"
