#!/usr/bin/env bash
# Installs what slimbench needs and this machine lacks; a second run changes nothing.
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

TOOLS_GB=3 # packages and .venv, with their downloads
ML_GB=14   # torch with its CUDA libraries: wheels 3 GB, unpacked 7 GB
RERUN_GB=1 # nothing to install: the engine and the logs still write
CERTIFICATES=/etc/ssl/certs/ca-certificates.crt
SERVICE_MANAGER=/run/systemd/system # exists where systemd runs
ENGINE_PID_FILE=/var/run/docker.pid
ENGINE_WAIT_S=60
STATE=.slimbench # logs and the process id of an engine started here
DETAILS=$STATE/install-output.log
with_ml=no
with_browser=no

main() {
    read_options "$@"
    need_root
    need_package_manager
    need_disk
    mkdir -p "$STATE"
    install_packages
    start_engine
    make_venv
    install_toolkit dev
    if [[ $with_ml == yes ]]; then install_toolkit ml; fi
    write_log
    say "ready; versions are in install.log, and .venv/bin/nox --list shows what can be run"
}

usage() {
    cat <<'TEXT'
Usage: bash install_dev_tools.sh [--with-ml] [--with-browser]

Installs what is missing and nothing else: Docker engine and Compose, Python 3.9 or newer,
pip, mmdebstrap, docker-registry, wrk and shellcheck from the distribution's packages, and a .venv
with slimbench and its development tools. Starts the engine where none answers.
Versions go into install.log, the output of apt-get and pip into .slimbench/install-output.log.

  --with-ml       put torch, torchvision, Pillow and Django into the .venv, too
  --with-browser  install Debian's Chromium, too, for the tests of the pages
  --help          show this text
TEXT
}

read_options() {
    while (($# > 0)); do
        case $1 in
            --with-ml) with_ml=yes ;;
            --with-browser) with_browser=yes ;;
            --help | -h) usage && exit 0 ;;
            *) fail "unknown option $1; --help lists the known ones" ;;
        esac
        shift
    done
}

# --- What must hold before anything is touched ---

need_root() {
    [[ $(id -u) == 0 ]] || fail "installing packages needs root; run it again as root or with sudo"
}

need_package_manager() {
    has apt-get || fail "no apt-get here, and it knows no other package manager;" \
        "install the tools that --help lists by hand, or use Debian or Ubuntu"
}

need_disk() {
    local folder needed free
    needed=$(needed_gb)
    for folder in "$(existing_folder "$(engine_folder)")" "$PWD"; do
        free=$(free_gb "$folder")
        ((free >= needed)) || fail "needs $needed GB of free disk at $folder, and there are" \
            "$free GB; free some and run it again"
    done
}

needed_gb() {
    if [[ $with_ml == yes ]] && ! is_installed ml; then
        echo "$ML_GB"
    elif ! is_installed dev; then
        echo "$TOOLS_GB"
    else
        echo "$RERUN_GB"
    fi
}

engine_folder() {
    if engine_answers; then docker info --format '{{.DockerRootDir}}'; else echo /var/lib/docker; fi
}

existing_folder() {
    local folder=$1
    until [[ -d $folder ]]; do folder=$(dirname "$folder"); done
    echo "$folder"
}

free_gb() { df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024 / 1024) }'; }

# --- Packages of the distribution ---

install_packages() {
    local missing packages
    missing=$(missing_tools)
    [[ -n $missing ]] || return 0
    say "missing: ${missing//$'\n'/, }"
    logged apt_get update -o APT::Update::Error-Mode=any ||
        fail "apt-get can't renew its package lists; check the network and apt's sources" \
            "(its output is in $DETAILS)"
    packages=$(packages_for "$missing")
    install_by_apt "$packages"
    need_nothing_missing
}

install_by_apt() {
    local packages
    mapfile -t packages <<<"$1"
    logged apt_get install --yes --no-install-recommends "${packages[@]}" ||
        fail "apt-get can't install ${packages[*]}; check the network and the free disk" \
            "(its output is in $DETAILS)"
}

need_nothing_missing() {
    local missing
    hash -r
    missing=$(missing_tools)
    [[ -z $missing ]] || fail "still not on the PATH after installing: ${missing//$'\n'/, };" \
        "see $DETAILS"
}

missing_tools() {
    has dockerd || engine_answers || echo engine
    has docker || echo client
    has_compose || echo compose
    has mmdebstrap || echo mmdebstrap
    has docker-registry || echo docker-registry
    has wrk || echo wrk
    has shellcheck || echo shellcheck
    [[ $with_browser == no ]] || has chromium || echo chromium
    [[ -e $CERTIFICATES ]] || echo ca-certificates
    find_python >/dev/null || echo python
}

packages_for() {
    local tool
    while read -r tool; do
        case $tool in
            engine) echo docker.io ;;
            client) first_known docker-cli docker.io ;; # apart from the engine since Debian 13
            compose) first_known docker-compose-v2 docker-compose-plugin docker-compose ;;
            python) python_packages ;;
            *) echo "$tool" ;;
        esac
    done <<<"$1"
}

first_known() {
    local name
    for name in "$@"; do
        if [[ -n $(candidate "$name") ]]; then break; fi
    done
    echo "$name"
}

python_packages() {
    local name
    for name in python3 python3.{20..9}; do
        if new_enough "$(candidate "$name")"; then
            printf '%s\n' "$name" "$name-venv" python3-pip
            return
        fi
    done
    fail "Python 3.9 or newer is needed, and this distribution has none;" \
        "install one so that its python3 is on the PATH"
}

# The version that apt-get would install; empty when it knows no such package.
candidate() { apt-cache policy "$1" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'; }

new_enough() { [[ -n $1 ]] && dpkg --compare-versions "$1" ge 3.9; }

apt_get() { apt-get --quiet -o DPkg::Lock::Timeout=120 "$@"; }

has_compose() { has docker-compose || docker compose version >/dev/null 2>&1; }

# --- Python and the .venv ---

find_python() {
    local name
    for name in python3 python3.{20..9}; do
        if usable_python "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

usable_python() { has "$1" && python_at_least_3_9 "$1" 'import ensurepip, pip, venv'; }

python_at_least_3_9() {
    "$1" -c "${2:-}"$'\nimport sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1
}

make_venv() {
    if python_at_least_3_9 .venv/bin/python 'import pip'; then return; fi
    say "making .venv"
    logged "$(find_python)" -m venv --clear .venv ||
        fail "Python can't make a virtual environment in $PWD/.venv (its output is in $DETAILS)"
}

install_toolkit() {
    if is_installed "$1"; then return; fi
    say "installing slimbench[$1] into .venv"
    logged .venv/bin/python -m pip install --editable ".[$1]" ||
        fail "pip can't install slimbench[$1]; check the network and pip's index" \
            "(its output is in $DETAILS)"
    sha256sum <pyproject.toml >".venv/.slimbench-$1"
}

# Whether the .venv has these extras as pyproject.toml names them now.
is_installed() {
    [[ -e .venv/.slimbench-$1 && $(<".venv/.slimbench-$1") == $(sha256sum <pyproject.toml) ]]
}

# --- The engine ---

start_engine() {
    if engine_answers; then return; fi
    say "starting the engine"
    if [[ -d $SERVICE_MANAGER ]]; then start_service; else start_by_hand; fi
}

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

start_service() {
    if ! logged systemctl start docker || ! engine_answers; then
        fail "systemd can't start the engine; see: journalctl -u docker"
    fi
}

start_by_hand() {
    local pid hint="its log is $STATE/dockerd.log"
    pid=$(recorded_pid)
    if ! is_dockerd "$pid"; then
        rm -f "$ENGINE_PID_FILE" # stale: dockerd won't start while another process has its number
        setsid dockerd </dev/null >>"$STATE/dockerd.log" 2>&1 &
        pid=$!
        echo "$pid" >"$STATE/dockerd.pid"
    fi
    wait_for_engine "$pid" "$hint"
}

recorded_pid() { if [[ -s $ENGINE_PID_FILE ]]; then cat "$ENGINE_PID_FILE"; fi; }

is_dockerd() { [[ -n $1 && -r /proc/$1/comm && $(<"/proc/$1/comm") == dockerd ]]; }

wait_for_engine() {
    local deadline=$((SECONDS + ENGINE_WAIT_S))
    until engine_answers; do
        kill -0 "$1" 2>/dev/null || fail "dockerd ended before it answered; $2"
        ((SECONDS < deadline)) || fail "dockerd does not answer within $ENGINE_WAIT_S s; $2"
        sleep 0.2
    done
}

# --- What is installed ---

write_log() {
    list_versions >"$STATE/install.log"
    cmp --silent "$STATE/install.log" install.log || cp "$STATE/install.log" install.log
}

list_versions() {
    docker version --format 'docker client {{.Client.Version}}, engine {{.Server.Version}}'
    echo "compose $(compose_version)"
    mmdebstrap --version
    docker-registry --version
    { wrk -v || true; } | awk 'NR == 1 { print $1, $2 }' # it ends with 1
    shellcheck --version | awk '$1 == "version:" { print "shellcheck", $2 }'
    if has chromium; then chromium --version; fi
    "$(find_python)" --version
    .venv/bin/python -m pip --version
    echo "nox $(.venv/bin/python -m nox --version 2>&1)"
    echo "packages in .venv:"
    .venv/bin/python -m pip list --format=freeze
}

compose_version() { docker compose version --short 2>/dev/null || docker-compose version --short; }

# --- Words ---

has() { command -v "$1" >/dev/null; }

logged() { "$@" >>"$DETAILS" 2>&1; }

say() { echo "install_dev_tools.sh: $*"; }

fail() {
    echo "install_dev_tools.sh: $*" >&2
    exit 1
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    cd "$(dirname "$0")"
    main "$@"
fi
