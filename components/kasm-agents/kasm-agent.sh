# Makes this machine a Kasm agent (`install`) or stops it being one (`remove`). Both converge: run again, they do what is left
# to do. Read from standard input by `sh -s -- ACTION NAME=VALUE... -- OPTION...`; lines before this text set `token` and `ca`.
# The token is in no command line but that of Kasm's installer, which takes it in no other way.
set -eu
# Kasm's containers read what its installer writes; ours lies in a folder that is closed.
umask 022

main() {
  action=$1
  shift
  # The program names every setting; an unset one stops the script.
  while [ "${1---}" != -- ]; do
    value=${1#*=}
    case $1 in
      agent=*) agent=$value ;;
      version=*) version=$value ;;
      url=*) url=$value ;;
      sha256=*) sha256=$value ;;
      public=*) public=$value ;;
      manager=*) manager=$value ;;
      port=*) port=$value ;;
      path=*) path=$value ;;
      disk=*) disk_gib=$value ;;
      swap=*) swap_mib=$value ;;
      wait=*) wait_seconds=$value ;;
      *) fail "setting $1 is not known" ;;
    esac
    shift
  done
  [ $# -eq 0 ] || shift
  own=$path/.kasm-vdi
  work=$own/work
  case $action in
    install) install_agent "$@" ;;
    remove) remove_agent ;;
    *) fail "$action is neither install nor remove" ;;
  esac
}

install_agent() {
  check_machine
  [ -d "$own" ] || [ ! -e "$path/current" ] ||
    fail "$path holds a Kasm installation that this program did not make. Remove it, or leave the machine out of the agents."
  [ -d "$own" ] || mkdir -m 700 "$own"
  take_lock
  rm -rf "$work"
  mkdir "$work"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 129' HUP INT TERM

  wanted=$(wanted_state "$@")
  if [ "$(cat "$own/installed" 2>/dev/null)" = "$wanted" ] && agent_runs; then
    report running
    return
  fi
  wait_for_manager
  fetch_installer
  # From here on the old installation is broken, and a run that ends early is taken up by the next one.
  rm -f "$own/installed"
  # Kasm's installer refuses a port that the old proxy still listens on.
  remove_containers 'name=^/?kasm_'
  run_installer "$@"
  wait_for_agent
  printf '%s\n' "$wanted" >"$own/installed"
  report running
}

remove_agent() {
  # Without our record nothing here is ours.
  if [ -d "$own" ]; then
    take_lock
    remove_containers 'name=^/?kasm_'
    remove_containers label=kasm.kasmid
    for network in kasm_default_network kasm_sidecar_network; do
      ! has docker || docker network rm "$network" >/dev/null 2>&1 || true
    done
    rm -rf "$path"
  fi
  report absent
}

check_machine() {
  problems=
  [ -n "$token" ] || problem "the manager token is empty"
  [ "$(uname -s)" = Linux ] || problem "it runs $(uname -s), not Linux"
  case $(uname -m) in
    x86_64 | aarch64 | arm64) ;;
    *) problem "its processor is $(uname -m); Kasm has images for x86_64 and aarch64" ;;
  esac
  for tool in awk bash curl cut df flock sed sha256sum tail tar; do
    has "$tool" || problem "$tool is missing"
  done
  has docker || has apt-get || has dnf || has yum || has zypper || has apk ||
    problem "Docker is missing, and no package manager is there that Kasm's installer could get it with"
  mkdir -p "$path" 2>/dev/null && [ -w "$path" ] || problem "$(id -un) cannot write to $path; log in as root or as a user with sudo"
  case $url in
    https:* | file:*) ;;
    *) [ -n "$sha256" ] || problem "the installer at $url comes unprotected; give its sha256" ;;
  esac
  # Later the space is Kasm's, and its images have taken some.
  [ -e "$own/server-id" ] || enough_disk || problem "less than $disk_gib GiB are free in $docker_root/, where Docker keeps images"
  [ -z "$problems" ] || fail "the machine cannot be a Kasm agent:$problems"
}

enough_disk() {
  docker_root=/var/lib/docker
  while [ ! -d "$docker_root/" ]; do docker_root=${docker_root%/*}; done
  free_kib=$(df -Pk "$docker_root/" | awk 'END { print $4 }')
  [ "${free_kib:-0}" -ge $((disk_gib * 1024 * 1024)) ]
}

# A run whose connection broke may still be at work.
take_lock() {
  exec 9>"$own/lock"
  flock -w "$wait_seconds" 9 || fail "another run of this script still works on the machine after $wait_seconds s"
}

wanted_state() {
  printf '%s\n' "version $version" "url $url" "sha256 $sha256" "public $public" "manager $manager $port" "swap $swap_mib"
  [ $# -eq 0 ] || printf 'option %s\n' "$@"
  # printf is part of the shell: this is no command line.
  printf 'token %s\n' "$(printf %s "$token" | sha256sum | cut -d ' ' -f 1)"
}

wait_for_manager() {
  case $manager in
    *:*) address="https://[$manager]:$port/api/__healthcheck" ;;
    *) address="https://$manager:$port/api/__healthcheck" ;;
  esac
  if [ -n "$ca" ]; then
    # Kasm's certificate may be a public one all the same, and with --cacert curl forgets those authorities.
    { printf '%s\n' "$ca"; public_authorities; } >"$work/ca.pem"
    set -- --cacert "$work/ca.pem"
  else
    set -- --insecure
  fi
  say "waiting for $address"
  deadline=$(($(date +%s) + wait_seconds))
  until
    status=$(curl --silent --show-error --max-time 5 --output /dev/null --write-out '%{http_code}' "$@" "$address" 2>"$work/curl") &&
      [ "$status" = 200 ]
  do
    [ "$(date +%s)" -lt "$deadline" ] ||
      fail "Kasm does not answer at $address after $wait_seconds s (status $status) $(cat "$work/curl")"
    sleep 1
  done
}

# Where Debian and Red Hat keep them.
public_authorities() {
  cat /etc/ssl/certs/ca-certificates.crt 2>/dev/null || cat /etc/pki/tls/certs/ca-bundle.crt 2>/dev/null || true
}

fetch_installer() {
  say "downloading $url"
  curl --fail --silent --show-error --location --retry 2 --output "$work/release" "$url" 2>"$work/curl" ||
    fail "the installer cannot be downloaded from $url: $(cat "$work/curl")"
  actual=$(sha256sum "$work/release" | cut -d ' ' -f 1)
  [ -z "$sha256" ] || [ "$actual" = "$sha256" ] ||
    fail "$url has the sha256 $actual, expected is $sha256. Nothing was installed."
  tar --no-same-owner -xzf "$work/release" -C "$work" 2>"$work/tar" || fail "$url is no tar.gz file: $(cat "$work/tar")"
  installer=$work/kasm_release/install.sh
  [ -f "$installer" ] || fail "$url has no kasm_release/install.sh in it"
  found=$(sed -n 's/^KASM_VERSION="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$installer" | head -n 1)
  [ "$found" = "$version" ] || fail "$url installs Kasm ${found:-of an unknown version}, expected is $version"
}

run_installer() {
  # With the same id Kasm knows the agent again, whatever else has changed.
  [ -s "$own/server-id" ] || cat /proc/sys/kernel/random/uuid >"$own/server-id"
  # Without swap and without either option the installer asks a question.
  if [ "$swap_mib" = 0 ]; then
    set -- --no-swap-check "$@"
  else
    set -- --swap-size "$swap_mib" "$@"
  fi
  say "installing Kasm $version, which takes some minutes"
  # It writes the token to its output, and to a log in the folder that it runs in.
  if cd "$work" && bash "$installer" --role agent --accept-eula --public-hostname "$public" --manager-hostname "$manager" \
    --proxy-port "$port" --agent-server-id "$(cat "$own/server-id")" --manager-token "$token" "$@" >"$work/output" 2>&1 9>&-; then
    rm -f "$own/install.log"
  else
    code=$?
    printf '%s\n' "$token" >"$work/token"
    redact "$work/token" "$work/output" >"$own/install.log"
    tail -n 15 "$own/install.log" >&2
    fail "Kasm's installer ended with code $code; all of its output is in $own/install.log"
  fi
}

# Writes the second file without the text that is in the first.
redact() {
  awk 'NR == FNR { secret = $0; next }
    { line = $0; clean = ""
      while (at = index(line, secret)) { clean = clean substr(line, 1, at - 1) "[token]"; line = substr(line, at + length(secret)) }
      print clean line }' "$1" "$2"
}

agent_runs() {
  has docker && [ -n "$(docker ps --quiet --filter 'name=^/?kasm_agent$' --filter status=running)" ]
}

wait_for_agent() {
  deadline=$(($(date +%s) + 60))
  until agent_runs; do
    [ "$(date +%s)" -lt "$deadline" ] || fail "Kasm is installed, but its container kasm_agent does not run: docker logs kasm_agent"
    sleep 1
  done
}

remove_containers() {
  has docker || return 0
  for container in $(docker ps --all --quiet --filter "$1"); do
    docker rm --force "$container" >/dev/null
  done
}

report() {
  printf '{"version":"%s","state":"%s"}\n' "$version" "$1"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

say() {
  printf '%s\n' "$*" >&2
}

problem() {
  problems="$problems
- $*"
}

fail() {
  say "agent $agent: $*"
  exit 1
}

# All of the text is read by now, so that nothing that runs can take it for its input.
main "$@" </dev/null
