#!/usr/bin/env bash
# Applies every offered fix to a copy of the example app and asks the TypeScript compiler: what compiled before must compile after, and
# each finding that has a fix must be gone.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
lab=$root/target/fixes
rm -rf "$lab/app"
mkdir -p "$lab"
cp -r "$root/examples/todo-api" "$lab/app"
cp "$root/tests/fixes/prisma-client.d.ts" "$lab/app/src/"
cd "$lab"
cp "$root/tests/fixes/package.json" "$root/tests/fixes/package-lock.json" "$root/tests/fixes/.npmrc" .
npm ci --silent --no-audit --no-fund
tsc="node $lab/node_modules/typescript/bin/tsc --noEmit -p app/tsconfig.json"
$tsc
bin=$root/target/release/routewarden
[ -x "$bin" ] || (cd "$root" && cargo build --release --bin routewarden)
"$bin" check app --format json > before.json || true
"$bin" check app --fix=review || true
$tsc
"$bin" check app --format json > after.json || true
node "$root/tests/fixes/compare.mjs" before.json after.json
