#!/usr/bin/env bash
# Installs the packages of the given lists that are missing. usage: install_packages.sh LIST...
set -euo pipefail
missing=()
while read -r package; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done < <(grep -hEv '^[[:space:]]*(#|$)' "$@")
[ ${#missing[@]} -eq 0 ] && exit 0
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "error: these Debian packages are missing and there is no sudo to install them: ${missing[*]}" >&2
    echo "   fix: as root, apt-get install ${missing[*]}" >&2; exit 3; }
  root=(sudo)
fi
echo "installing ${#missing[@]} Debian packages: ${missing[*]}"
"${root[@]}" apt-get update -q >/dev/null
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" |
  grep --line-buffered -E '^(Setting up|E:)' || true
for package in "${missing[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || {
    echo "error: $package could not be installed" >&2; exit 3; }
done
