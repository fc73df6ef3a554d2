# Sourced by the scripts beside it: progress lines and installing what is missing.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")

say() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }

# install_packages LIST…: Debian packages named in deploy/packages/LIST.txt that are not installed yet.
install_packages() {
  local wanted missing=() name as_root=()
  wanted=$(for list in "$@"; do sed -e 's/#.*//' -e 's/[[:space:]]*$//' "$here/packages/$list.txt"; done | grep -v '^$' | sort -u)
  for name in $wanted; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
  done
  if ((${#missing[@]} == 0)); then
    say "packages: all there"
    return
  fi
  if ((EUID != 0)); then
    command -v sudo >/dev/null || {
      echo "These Debian packages are missing; install them as root: apt-get install ${missing[*]}" >&2
      exit 1
    }
    as_root=(sudo)
  fi
  say "packages: installing ${#missing[@]}: ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# build PRESET-OPTIONS…: configures and builds build/release with two compilers.
build() {
  say "configuring build/release"
  cmake --preset release "$@" >"$root/build-configure.log" 2>&1 || {
    tail -n 30 "$root/build-configure.log" >&2
    exit 1
  }
  rm -f "$root/build-configure.log"
  say "building (four to nine minutes on two cores the first time)"
  local log=$root/build/release/build.log
  ninja -C "$root/build/release" -j "${JOBS:-2}" >"$log" 2>&1 || {
    grep -E -A 12 'FAILED|error' "$log" | head -n 60 >&2
    exit 1
  }
  say "built: $(tail -n 1 "$log")"
}
