#!/usr/bin/env bash
# What a keystroke costs: from didChange to its diagnostics through the real servers over stdio, ours and oxlint's, on the same file in
# the same run, at 500 and 5,000 lines. usage: benches/lsp/run.sh [EDITS]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
edits=${1:-200}
lab=$root/target/latency
mkdir -p "$lab"
(cd "$root" && cargo build --release --bin routewarden)
[ -x "$lab/node_modules/.bin/oxlint" ] || (cd "$lab" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund oxlint@1)
for lines in 500 5000; do
  app=$lab/app-$lines
  rm -rf "$app"
  node "$root/benches/lsp/generate.mjs" "$lines" "$app"
  for server in "$root/target/release/routewarden lsp" "$lab/node_modules/.bin/oxlint --lsp"; do
    name=$(basename "${server%% *}")
    python3 "$root/benches/lsp/probe.py" --cmd "$server" --root "$app" --file "$app/src/routes/items.ts" --edits "$edits" --rate 20 \
      --insert-at-line $((lines / 2)) > "$lab/$name-$lines.json"
  done
  node -e '
    const read = (name) => JSON.parse(require("fs").readFileSync(`${process.argv[1]}/${name}-${process.argv[2]}.json`, "utf8"));
    const [ours, theirs] = [read("routewarden"), read("oxlint")];
    const row = (name, it) => console.log(`${process.argv[2]} lines  ${name.padEnd(11)} p50 ${it.first_ms.p50} ms  p99 ${it.first_ms.p99} ms  unanswered ${it.unanswered}  rss ${it.rss_mib} MiB`);
    row("routewarden", ours);
    row("oxlint", theirs);
    console.log(`${process.argv[2]} lines  ratio       p50 ${(ours.first_ms.p50 / theirs.first_ms.p50).toFixed(2)}  p99 ${(ours.first_ms.p99 / theirs.first_ms.p99).toFixed(2)}`);
  ' "$lab" "$lines"
done
