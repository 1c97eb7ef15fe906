#!/usr/bin/env bash
# One Apache Kafka node (KRaft, broker and controller in one) on loopback, for tests. It comes from Maven as jars, so a
# Java 17, Maven and nothing else are needed; no container, no root.
#
#   tests/kafka.sh start   [--dir DIR] [--set KEY=VALUE]… [--advertise HOST:PORT] [--secure]
#                                          prints host:port, the only line on stdout, once metadata is answered
#   tests/kafka.sh run     [the same]      the same in the foreground, until TERM or ctrl-c
#   tests/kafka.sh kill    [--dir DIR]     kill -9: a crash
#   tests/kafka.sh restart [--dir DIR]     on the same data and ports, after a kill or a stop or while it runs; prints host:port
#   tests/kafka.sh stop    [--dir DIR]     TERM, and waits for the end; data stays
#   tests/kafka.sh with    [the same as start] COMMAND…
#       a fresh broker around COMMAND, which finds KIOSQUE_TEST_KAFKA (host:port), KIOSQUE_TEST_KAFKA_SCRIPT (this file)
#       and KIOSQUE_TEST_KAFKA_DIR (for --dir) in its environment; broker and data are gone afterwards, and the exit
#       status is COMMAND's
#   tests/kafka.sh tool    [--dir DIR] NAME ARGUMENT…
#       Kafka's own tools on that broker: topics, configs, groups, offsets, log-dirs, produce, consume, dump-log, …
#
# --dir holds everything of one broker: properties, data, log, pid; by default ${TMPDIR:-/tmp}/kiosque-kafka.
# --set adds a broker property. --advertise adds a second listener that names itself HOST:PORT to clients: a proxy
# there, in front of the address in DIR/behind, sees all their traffic. --secure adds a third, at the address in
# DIR/secure, over TLS with SASL (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512) for the user `kiosque`: DIR/tls has ca.pem,
# password, and for those who show a certificate too client.pem with client.key, which the same password opens.
# Jars are kept in ${XDG_CACHE_HOME:-~/.cache}/kiosque/kafka-VERSION; KIOSQUE_KAFKA_VERSION takes another version.
set -euo pipefail

version=${KIOSQUE_KAFKA_VERSION:-4.3.1}
jars=${XDG_CACHE_HOME:-$HOME/.cache}/kiosque/kafka-$version
script=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/$(basename "${BASH_SOURCE[0]}")
ready_s=60
stop_s=60

say() { echo "kafka.sh: $*" >&2; }
die() { say "$@"; exit 1; }

# Java 17 or later, and the jars; fetched once, moved into place whole.
fetch() {
  local missing=() major
  command -v java >/dev/null || missing+=(openjdk-17-jre-headless)
  [ -d "$jars" ] || command -v mvn >/dev/null || missing+=(maven)
  [ ${#missing[@]} -eq 0 ] || die "Java 17 and Maven are needed: apt-get install -y --no-install-recommends ${missing[*]}"
  major=$(java -version 2>&1 | sed -nE 's/.*version "([0-9]+).*/\1/p' | head -n 1)
  [ "${major:-0}" -ge 17 ] || die "Java ${major:-?} is too old: Kafka $version needs 17 (apt-get install openjdk-17-jre-headless)"
  [ -d "$jars" ] && return
  say "fetching Apache Kafka $version into $jars"
  mkdir -p "$(dirname "$jars")"
  local work
  work=$(mktemp -d "$jars.XXXXXX")
  cat >"$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version></dependency>
  </dependencies>
</project>
POM
  if ! (cd "$work" && mvn -q -B -Dstyle.color=never dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$work/libs" >"$work/log" 2>&1); then
    cat "$work/log" >&2
    rm -rf "$work"
    die "Maven could not fetch Kafka $version"
  fi
  # Somebody else may have been faster: theirs is as good.
  mv -T "$work/libs" "$jars" 2>/dev/null || [ -d "$jars" ] || die "cannot write $jars"
  rm -rf "$work"
}

# A port nobody listens on, below the range the system gives to outgoing connections.
free_port() {
  local port
  while :; do
    port=$((10000 + (RANDOM * 32768 + RANDOM) % 22000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# An authority of our own, and what it signed for the broker and for a client.
certify() {
  command -v openssl >/dev/null || die "--secure needs openssl: apt-get install -y --no-install-recommends openssl"
  local tls=$dir/tls name password=broker-test-password
  mkdir -p "$tls"
  printf %s "$password" >"$tls/password"
  {
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=authority -keyout "$tls/ca.key" -out "$tls/ca.pem"
    for name in broker client; do
      openssl req -newkey rsa:2048 -passout "pass:$password" -subj "/CN=$name" \
        -keyout "$tls/$name.key" -out "$tls/$name.csr"
      openssl x509 -req -in "$tls/$name.csr" -days 30 -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial \
        -extfile <(echo subjectAltName=IP:127.0.0.1,DNS:localhost) -out "$tls/$name.pem"
    done
    openssl pkcs12 -export -name broker -in "$tls/broker.pem" -inkey "$tls/broker.key" -passin "pass:$password" \
      -passout "pass:$password" -out "$tls/broker.p12"
  } 2>"$tls/log" || { cat "$tls/log" >&2; die "no certificates could be made"; }
}

secure_properties() {
  local tls=$dir/tls password plain=org.apache.kafka.common.security.plain.PlainLoginModule
  local scram=org.apache.kafka.common.security.scram.ScramLoginModule
  password=$(cat "$tls/password")
  cat <<PROPERTIES
ssl.keystore.type=PKCS12
ssl.keystore.location=$tls/broker.p12
ssl.keystore.password=$password
ssl.key.password=$password
ssl.truststore.type=PEM
ssl.truststore.location=$tls/ca.pem
listener.name.secure.ssl.client.auth=requested
listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=$plain required user_kiosque="$password";
listener.name.secure.scram-sha-256.sasl.jaas.config=$scram required;
listener.name.secure.scram-sha-512.sasl.jaas.config=$scram required;
PROPERTIES
}

configure() {
  local port=$1 controller=$2 behind=$3 safe=$4
  local listeners=CLIENT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
  local advertised=CLIENT://127.0.0.1:$port
  local protocols=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
  if [ -n "$advertise" ]; then
    listeners+=,BEHIND://127.0.0.1:$behind
    advertised+=,BEHIND://$advertise
    protocols+=,BEHIND:PLAINTEXT
    echo "127.0.0.1:$behind" >"$dir/behind"
  fi
  if [ -n "$secure" ]; then
    listeners+=,SECURE://127.0.0.1:$safe
    advertised+=,SECURE://127.0.0.1:$safe
    protocols+=,SECURE:SASL_SSL
    echo "127.0.0.1:$safe" >"$dir/secure"
  fi
  cat >"$dir/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=$listeners
advertised.listeners=$advertised
listener.security.protocol.map=$protocols
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENT
log.dirs=$dir/data
auto.create.topics.enable=false
# The largest page the crawler may keep, with room for its headers.
message.max.bytes=35651584
replica.fetch.max.bytes=35651584
# One node: what it keeps for itself stands on it alone, in few partitions.
default.replication.factor=1
min.insync.replicas=1
offsets.topic.num.partitions=3
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# Groups form at once, and a test may ask for short sessions.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.min.session.timeout.ms=1000
group.consumer.min.heartbeat.interval.ms=200
# A node started again after a crash waits until its former self counts as dead.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=16777216
PROPERTIES
  [ -z "$secure" ] || secure_properties >>"$dir/server.properties"
  [ ${#settings[@]} -eq 0 ] || printf '%s\n' "${settings[@]}" >>"$dir/server.properties"
  cat >"$dir/log4j2.properties" <<'LOG4J'
status=error
appender.file.type=Console
appender.file.name=out
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d{ISO8601} %p %m (%c{1})%n
rootLogger.level=warn
rootLogger.appenderRef.file.ref=out
LOG4J
  echo "127.0.0.1:$port" >"$dir/address"
}

kafka_java() { java -Dlog4j2.configurationFile="$dir/log4j2.properties" -cp "$jars/*" "$@"; }

# The broker's process, if it is ours and alive: a number may have been given to another since.
broker_pid() {
  local pid
  pid=$(cat "$dir/pid" 2>/dev/null) || return 1
  tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -- "$dir/server.properties" || return 1
  echo "$pid"
}

# True when a Metadata request (version 1, no topics) is answered with at least one live broker.
answers() {
  local host=${1%:*} port=${1##*:} answer
  answer=$({
    exec 3<>"/dev/tcp/$host/$port" &&
      printf '\0\0\0\016\0\003\0\001\0\0\0\001\377\377\0\0\0\0' >&3 &&
      timeout 5 head -c 12 <&3 | od -An -v -t u1
  } 2>/dev/null | tr -s ' \n' ' ') || return 1
  # length (4 bytes), correlation id (4), number of brokers (4)
  case $answer in
    ' '*' 0 0 0 1 0 0 0 '[1-9]*) return 0 ;;
    *) return 1 ;;
  esac
}

# Starts what is configured in $dir and waits for it. Returns 1 when the process ended instead.
launch() {
  local pid address until=$((SECONDS + ready_s))
  address=$(cat "$dir/address")
  # In a session of its own: ctrl-c at the caller's terminal is for the caller to handle.
  setsid java -Xmx512m -Xshare:auto -XX:+UseG1GC -Dlog4j2.configurationFile="$dir/log4j2.properties" \
    -cp "$jars/*" kafka.Kafka "$dir/server.properties" >>"$dir/server.log" 2>&1 </dev/null &
  pid=$!
  # Whoever kills it does not want to read about it here.
  disown
  echo "$pid" >"$dir/pid"
  until answers "$address"; do
    kill -0 "$pid" 2>/dev/null || return 1
    if [ "$SECONDS" -ge "$until" ]; then
      kill -9 "$pid" 2>/dev/null || true
      say "no answer within $ready_s s"
      return 1
    fi
    sleep 0.2
  done
}

start() {
  fetch
  broker_pid >/dev/null && die "a broker runs already in $dir (stop it, or give --dir)"
  mkdir -p "$dir"
  # What a former broker left is cleared; anything else in the directory is somebody's.
  [ -f "$dir/server.properties" ] || [ -z "$(ls -A "$dir")" ] || die "$dir is not empty and no broker's"
  rm -rf "${dir:?}"/{data,tls,behind,secure,address,pid,server.properties,log4j2.properties,server.log,format.log}
  : >"$dir/server.properties"
  dir=$(cd "$dir" && pwd -P)
  # Another process may take a port between the look and the start; then others are tried.
  local try users=() mechanism
  if [ -n "$secure" ]; then
    certify
    for mechanism in SCRAM-SHA-256 SCRAM-SHA-512; do
      users+=(--add-scram "$mechanism=[name=kiosque,password=$(cat "$dir/tls/password")]")
    done
  fi
  for try in 1 2 3; do
    rm -rf "$dir/data"
    configure "$(free_port)" "$(free_port)" "$(free_port)" "$(free_port)"
    : >"$dir/server.log"
    kafka_java kafka.tools.StorageTool format --cluster-id a2lvc3F1ZS1rYWZrYS10ZQ \
      --config "$dir/server.properties" ${users[@]+"${users[@]}"} >"$dir/format.log" 2>&1 ||
      { cat "$dir/format.log" >&2; die "the data directory could not be formatted"; }
    if launch; then return; fi
    grep -qE 'BindException|Address already in use' "$dir/server.log" || break
    say "a port was taken meanwhile (try $try)"
  done
  tail -n 40 "$dir/server.log" >&2
  die "the broker did not start; its log is $dir/server.log"
}

# True when a process is no more, or only waits to be reaped: then its ports and files are free. Its command line goes
# before them, and its first thread before the others.
gone() {
  local threads=("/proc/$1/task/"*)
  case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
    '') return 0 ;;
    [ZX]*) [ ${#threads[@]} -le 1 ] ;;
    *) return 1 ;;
  esac
}

# Sends a signal to the broker, and waits until it is gone.
end() {
  local signal=$1 pid until=$((SECONDS + stop_s))
  pid=$(broker_pid) || return 0
  kill "-$signal" "$pid" 2>/dev/null || return 0
  until gone "$pid"; do
    if [ "$SECONDS" -ge "$until" ]; then
      say "still there after $stop_s s: killing it"
      kill -9 "$pid" 2>/dev/null || true
      until=$((SECONDS + stop_s))
    fi
    sleep 0.1
  done
  rm -f "$dir/pid"
}

restart() {
  [ -f "$dir/server.properties" ] || die "no broker was started in $dir"
  fetch
  end TERM
  launch || { tail -n 40 "$dir/server.log" >&2; die "the broker did not start again; its log is $dir/server.log"; }
}

with() {
  local own status=0
  own=$(mktemp -d "${TMPDIR:-/tmp}/kiosque-kafka.XXXXXX")
  dir=$own/broker
  # shellcheck disable=SC2064  # the directory of now is meant
  trap "dir='$dir'; end KILL; rm -rf '$own'" EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  start
  KIOSQUE_TEST_KAFKA=$(cat "$dir/address") KIOSQUE_TEST_KAFKA_SCRIPT=$script KIOSQUE_TEST_KAFKA_DIR=$dir \
    "$@" || status=$?
  exit "$status"
}

tool() {
  local name=$1 class address
  shift
  address=$(cat "$dir/address" 2>/dev/null) || die "no broker was started in $dir"
  local server=(--bootstrap-server "$address")
  case $name in
    topics) class=org.apache.kafka.tools.TopicCommand ;;
    configs) class=kafka.admin.ConfigCommand ;;
    groups) class=org.apache.kafka.tools.consumer.group.ConsumerGroupCommand ;;
    offsets) class=org.apache.kafka.tools.GetOffsetShell ;;
    log-dirs) class=org.apache.kafka.tools.LogDirsCommand ;;
    produce) class=org.apache.kafka.tools.ConsoleProducer ;;
    consume) class=org.apache.kafka.tools.consumer.ConsoleConsumer ;;
    dump-log) class=kafka.tools.DumpLogSegments; server=() ;;
    *) class=$name ;;
  esac
  kafka_java "$class" ${server[@]+"${server[@]}"} "$@"
}

usage() { sed -n '2,/^set -euo/{/^set -euo/d;s/^# \{0,1\}//;p}' "$script"; }

action=${1:-help}
shift || true
dir=${TMPDIR:-/tmp}/kiosque-kafka
advertise=
secure=
settings=()
while [ $# -gt 0 ]; do
  case $1 in
    --dir) dir=${2:?--dir needs a directory}; shift 2 ;;
    --set) settings+=("${2:?--set needs KEY=VALUE}"); shift 2 ;;
    --advertise) advertise=${2:?--advertise needs HOST:PORT}; shift 2 ;;
    --secure) secure=yes; shift ;;
    --) shift; break ;;
    *) break ;;
  esac
done
case $action in
  start | run | stop | kill | restart) [ $# -eq 0 ] || die "unexpected: $*" ;;
esac
[ -d "$dir" ] && dir=$(cd "$dir" && pwd -P)

case $action in
  start) start; cat "$dir/address" ;;
  run)
    trap 'end TERM; exit 0' INT TERM
    start
    cat "$dir/address"
    while broker_pid >/dev/null; do sleep 0.5; done
    ;;
  stop) end TERM ;;
  kill) end KILL ;;
  restart) restart; cat "$dir/address" ;;
  with) [ $# -gt 0 ] || die "with what? (tests/kafka.sh with COMMAND…)"; with "$@" ;;
  tool) [ $# -gt 0 ] || die "which tool?"; tool "$@" ;;
  help | --help | -h) usage ;;
  *) die "no action \`$action\`: start, run, kill, restart, stop, with, tool" ;;
esac
