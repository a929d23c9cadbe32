import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ABSENCE_CAUSES } from '#libs/diagnosis/absence-causes.ts';

const README = readFileSync(new URL('../../services/cli/README.md', import.meta.url), 'utf8');

test('the README of btcfed has each cause of a missing signature, in the order of the list', () => {
  const table = README.split('\n| cause | means |\n')[1]?.split('\n\n')[0] ?? '';
  const causes = [...table.matchAll(/^\| `(?<cause>[a-z-]+)` \| .{10,} \|$/gm)].map(
    ({ groups }) => groups?.['cause'],
  );
  assert.deepEqual(causes, Object.keys(ABSENCE_CAUSES));
});
