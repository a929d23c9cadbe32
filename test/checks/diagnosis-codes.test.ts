import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DIAGNOSES } from '#libs/diagnosis/codes.ts';
import { commandText } from '#services/cli/core/diagnosis/command-text.ts';

const README = readFileSync(new URL('../../services/cli/README.md', import.meta.url), 'utf8');
const ROW =
  /^\| `(?<code>[a-z-]+)` \| (?<severity>critical|warning|notice) \| .{10,} \| `(?<next>[^`]+)` \|$/gm;

test('the README of btcfed has each code of a diagnosis, in order, with its severity and its command', () => {
  const rows = [...README.matchAll(ROW)].map(({ groups = {} }) => [
    groups['code'],
    groups['severity'],
    groups['next'],
  ]);
  const codes = Object.entries(DIAGNOSES).map(([code, { severity, next }]) => [
    code,
    severity,
    commandText(next, { home: undefined, client: [] }),
  ]);
  assert.deepEqual(rows, codes);
});
