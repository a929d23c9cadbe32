import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { importerRows } from './importers.ts';
import { MAY_IMPORT } from './layers.ts';

const PAGE = new URL('../../libs/README.md', import.meta.url);

test('libs/README.md says who may import each library, as the rules have it', () => {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `libs/'));
  const expected = importerRows(MAY_IMPORT);
  assert.ok(expected.length > 25);
  assert.deepEqual(rows, expected, `the table of libs/README.md should be:\n${expected.join('\n')}`);
});

describe('the reverse of the table of imports', () => {
  const rows = importerRows({
    'libs/bytes': [],
    'libs/chain': ['libs/bytes'],
    'libs/chain/room': ['libs/bytes', 'libs/chain'],
    'libs/custody': ['libs/bytes', 'libs/chain/block.ts'],
    'services/signer/running': ['libs/custody', 'libs/custody/words.ts', 'node:net'],
    'services/signer/edge': ['libs/custody/words.ts'],
    'services/cli': ['libs/custody/words.ts', 'libs/bytes'],
  });

  for (const [what, row] of [
    ['names those that may not, where most may', '| `libs/bytes` | all but services: signer |'],
    ['names the files, where an importer may take no other', '| `libs/chain` | custody (`block.ts`) |'],
    [
      'puts the rooms of a service together, and leaves out those of the library itself',
      '| `libs/custody` | services: cli (`words.ts`), signer |',
    ],
  ] as const) {
    test(what, () => assert.ok(rows.includes(row), rows.join('\n')));
  }

  test('says so where nobody may', () => {
    assert.deepEqual(importerRows({ 'libs/alone': [] }), ['| `libs/alone` | nobody |']);
  });
});
