import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { coverageOf, linesByFile } from './lines.ts';
import { LINES_MIN } from './thresholds.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const record = (file: string, found: number, hit: number): string =>
  `TN:\nSF:${file}\nDA:1,1\nLH:${hit}\nLF:${found}\nend_of_record\n`;
const REPORT = [
  record('services/gateway/a.ts', 100, 95),
  record('services/gateway/core/b.ts', 100, 80),
  record('services/gatewayish.ts', 100, 0),
  record('services/config/c.ts', 10, 9),
  record('services/config/c.ts', 10, 4),
].join('');

describe('npm run coverage', () => {
  test('HS-50 E2E-06 P2P-95 asks for 90 % of the lines of libs, services, and each of the parts that have to have it', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    assert.equal(scripts.coverage, 'node test/line-coverage/run.ts');
    for (const folder of [
      'libs',
      'services',
      'services/gateway',
      'services/config',
      'libs/settings',
      'libs/log',
    ]) {
      assert.ok((LINES_MIN[folder] ?? 0) >= 90, folder);
    }
    assert.match(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8'), /npm run coverage/);
  });

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
