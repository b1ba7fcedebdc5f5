// Every finding that offered a fix is gone, and no finding came that was not there.
import { readFileSync } from "node:fs";

const [before, after] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")).findings);
const name = (finding) => `${finding.rule} ${finding.route?.method} ${finding.route?.path}`;
const known = new Set(before.map(name));
const left = after.filter((finding) => before.some((it) => name(it) === name(finding) && it.fixes.length > 0));
const fresh = after.filter((finding) => !known.has(name(finding)));
for (const finding of left) console.log(`still there: ${name(finding)}`);
for (const finding of fresh) console.log(`came with a fix: ${name(finding)} ${finding.message}`);
const fixed = before.length - after.length;
const failed = left.length + fresh.length + (fixed === 0 ? 1 : 0);
console.log(`${fixed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
