import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OPERATOR_CODES } from '#libs/engine/ports/operator-codes.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Cells of the rows that explain a code in the guide. */
function explained(): readonly (readonly string[])[] {
  const [, section = ''] = read('services/consensus/README.md').split('\n## Operator codes\n');
  const [own = ''] = section.split('\n## ');
  const rows = own.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('F-65: the operator’s guide says of each code, and of no other, what it means and what to do', () => {
  const rows = explained();
  const codes = rows.map(([code = '']) => code.replaceAll('`', ''));
  assert.deepEqual(codes.toSorted(), OPERATOR_CODES.toSorted());
  for (const [code, ...cells] of rows) {
    assert.equal(cells.length, 2, code);
    for (const cell of cells) assert.ok(cell.length > 5, code);
  }
});

test('F-65: each of the 27 codes has a test that begins with it, and a gateway says only codes of the list', () => {
  assert.equal(OPERATOR_CODES.length, 27);
  const tests = globSync('{libs,services,test}/**/*.test.ts', { cwd: ROOT }).map(read).join('\n');
  for (const code of OPERATOR_CODES)
    assert.match(tests, new RegExp(`'F-65: [^']*\\b${code}\\b|\`F-65: ${code}\\b`), code);
  const ofGateway = read('services/gateway/peers/rules/operator-codes.ts').match(/'[A-Z_]{6,}'/g) ?? [];
  assert.ok(ofGateway.length > 0);
  const known: readonly string[] = OPERATOR_CODES;
  assert.deepEqual(
    ofGateway.map((code) => code.slice(1, -1)).filter((code) => !known.includes(code)),
    [],
  );
});
