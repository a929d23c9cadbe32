import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { coverageOf, linesByFile } from './lines.ts';

const record = (file: string, found: number, hit: number): string =>
  `TN:\nSF:${file}\nDA:1,1\nLH:${hit}\nLF:${found}\nend_of_record\n`;
const REPORT = [
  record('services/gateway/a.ts', 100, 95),
  record('services/gateway/core/b.ts', 100, 80),
  record('services/gatewayish.ts', 100, 0),
  record('services/config/c.ts', 10, 9),
  record('services/config/c.ts', 10, 4),
].join('');

describe('a report of coverage', () => {
  test('HS-50 counts the lines of a folder and all below it, and of no other', () => {
    const covered = coverageOf(linesByFile(REPORT), {
      'services/gateway': 90,
      'services/config': 90,
      libs: 90,
    });
    assert.deepEqual(
      covered.map(({ folder, found, hit, isEnough }) => [folder, found, hit, isEnough]),
      [
        ['services/gateway', 200, 175, false],
        ['services/config', 10, 9, true],
      ],
    );
  });
});
