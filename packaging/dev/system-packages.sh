#!/usr/bin/env bash
# Installs the Debian/Ubuntu packages that are missing, and says so first.
# Usage: system-packages.sh run|test [PACKAGE...]   (further packages the caller found it needs)
set -euo pipefail
cd "$(dirname "$0")/../.."

# Each word is one need; "a|b" is met by either and filled with the first that the machine can install.
window=(
    libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0 libgl1 libegl1
    libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0
    # Letters with good figures (3 MB), and Chinese from the smallest complete font (2 MB; Noto CJK would be 57).
    fonts-inter "fonts-droid-fallback|fonts-noto-cjk|fonts-wqy-microhei|fonts-wqy-zenhei"
)
testing=(xvfb xauth xdotool x11-utils x11-xserver-utils strace nftables iproute2 faketime gnome-keyring "dbus-daemon|dbus")

say() { printf 'posapp: %s\n' "$*" >&2; }

# Debian 13 and Ubuntu 24.04 renamed some libraries to NAMEt64.
is_installed() {
    local name status
    for name in "$1" "$1t64"; do
        status=$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null || true)
        [ "$status" = installed ] && return 0
    done
    return 1
}

can_install() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

is_met() {
    local alternatives name
    IFS='|' read -ra alternatives <<<"$1"
    for name in "${alternatives[@]}"; do
        is_installed "$name" && return 0
    done
    return 1
}

# Prints the package that fills a need; nothing where the machine's sources have none of the names.
pick() {
    local alternatives name
    IFS='|' read -ra alternatives <<<"$1"
    for name in "${alternatives[@]}"; do
        if can_install "${name}t64"; then echo "${name}t64" && return; fi
        if can_install "$name"; then echo "$name" && return; fi
    done
}

has_browser() {
    local name
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null && return 0
    done
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

# apt and the packages' own scripts talk a lot; it is shown where it matters, when they fail.
quietly() {
    local log=build/system-packages.log
    mkdir -p build
    as_root "$@" >"$log" 2>&1 && return
    cat "$log" >&2
    say "apt-get failed; what it said is above."
    return 1
}

# Root, sudo without a question, or sudo with somebody there to answer it.
may_install() {
    [ "$(id -u)" = 0 ] && return 0
    command -v sudo >/dev/null || return 1
    sudo -n true 2>/dev/null || [ -t 0 ]
}

main() {
    local purpose=$1 need name
    shift
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "this is no Debian or Ubuntu, so system packages are left to you: Qt needs ${window[*]:0:11}."
        return
    fi

    local needs=("$@" "${window[@]}") missing=()
    if [ "$purpose" = test ]; then
        needs+=("${testing[@]}")
        # The pretend shopper pays in a browser; Ubuntu has it as a snap only, under another name.
        has_browser || needs+=(chromium)
    fi
    for need in "${needs[@]}"; do
        is_met "$need" || missing+=("$need")
    done
    [ ${#missing[@]} = 0 ] && return

    local apt=(apt-get -qq -o DPkg::Lock::Timeout=120)
    local install=("${apt[@]}" -o Dpkg::Use-Pty=0 install --yes --no-install-recommends)
    if ! may_install; then
        say "these system packages are missing: ${missing[*]//|*/}"
        say "they need an administrator. Please run this, then try again:"
        say "    sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]//|*/}"
        return 1
    fi

    say "these system packages are missing and will be installed: ${missing[*]//|*/}"
    quietly "${apt[@]}" update
    local chosen=()
    for need in "${missing[@]}"; do
        name=$(pick "$need")
        if [ -n "$name" ]; then
            chosen+=("$name")
        elif [ "$need" = chromium ]; then
            say "there is no package chromium here: the tests that pay in a browser will be skipped."
        else
            say "there is no package for $need in this machine's sources; going on without it."
        fi
    done
    [ ${#chosen[@]} = 0 ] || quietly "${install[@]}" "${chosen[@]}"
    say "system packages installed: ${chosen[*]:-none}"
}

main "$@"
