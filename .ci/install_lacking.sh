#!/usr/bin/env bash
# Installs what the tests need and this Debian machine lacks; needs root.
set -euo pipefail

has() { command -v "$1" >/dev/null; }

lacking=()
has python3.11 || has python3 || lacking+=(python3)
python3 -c 'import ensurepip' 2>/dev/null || lacking+=(python3-venv)
has make || lacking+=(make)
has git || lacking+=(git)
has curl || lacking+=(curl)
has pgrep || lacking+=(procps)
has npm || lacking+=(npm)
has pg_ctlcluster || lacking+=(postgresql)
has pgbouncer || lacking+=(pgbouncer)
has rabbitmq-server || lacking+=(rabbitmq-server)
has chromium-headless-shell || has chromium || lacking+=(chromium-headless-shell)
has nginx || lacking+=(nginx-light)
has promtool || lacking+=(prometheus)
[ ${#lacking[@]} -gt 0 ] || exit 0

echo "installing ${lacking[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt-get update -qq
apt-get install -qq --yes --no-install-recommends "${lacking[@]}" >"$log" 2>&1 || { cat "$log"; exit 1; }
