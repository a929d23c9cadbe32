import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { LINES_MIN } from './thresholds.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
/** A run of two small tests, on a machine that does other work. */
const RUN_MS_MAX = 300_000;
/** Where a mistake can fork the chain or cost a key. */
const SAFETY = [
  'libs/protocol',
  'libs/replica',
  'libs/custody',
  'libs/chain',
  'libs/membership',
  'services/signer',
];

const made: string[] = [];
after(() => {
  for (const each of made) rmSync(each, { recursive: true });
});

/** Code of a hundred lines in this folder, of which its test runs `lines`. */
function treeWith(folder: string, lines: number, { testPasses = true } = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'btcfed-lines-'));
  made.push(root);
  // The closing bracket does not run either.
  const never = Array.from({ length: 100 - lines - 1 }, () => '  never.call(0); // in vain');
  const ran = Array.from({ length: lines - 1 }, (_, line) => `export const ran${line} = ${line};`);
  const code = ['export function never() {', ...never, '}', ...ran].join('\n');
  const body = `test('runs', () => ${testPasses ? 'ran0' : 'assert.fail()'});`;
  const head = "import assert from 'node:assert';\nimport { test } from 'node:test';\n";
  for (const [name, text] of [
    ['package.json', '{ "type": "module" }'],
    [`${folder}/code.ts`, code],
    [`${folder}/code.test.ts`, `${head}import { ran0 } from './code.ts';\n${body}`],
  ] as const) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

function coverage(root: string, folder: string) {
  const script = join(ROOT, 'test/line-coverage/run.ts');
  const { status, stdout } = spawnSync(process.execPath, [script, folder, '--json', '--root', root], {
    encoding: 'utf8',
    timeout: RUN_MS_MAX,
  });
  const line = stdout.split('\n').find((each) => each.startsWith('[')) ?? '[]';
  return { status, percents: JSON.parse(line).map((each: { percent: number }) => each.percent) };
}

describe('F-60: npm run coverage', () => {
  for (const [folder, percentMin] of [
    ['libs/protocol', 95],
    ['services/gateway', 90],
  ] as const) {
    test(`HS-50 E2E-06 P2P-95 fails when tests run less than ${percentMin} % of the lines of ${folder}, and not when they run as many`, () => {
      assert.deepEqual(coverage(treeWith(folder, percentMin), folder), { status: 0, percents: [percentMin] });
      const tooFew = percentMin - 1;
      assert.deepEqual(coverage(treeWith(folder, tooFew), folder), { status: 1, percents: [tooFew] });
    });
  }

  test('HS-50 E2E-06 counts code that no test loads as lines that did not run, and types not at all', () => {
    const root = treeWith('libs/protocol', 96);
    writeFileSync(
      join(root, 'libs/protocol/types.ts'),
      'export interface Vote {\n  readonly view: bigint;\n}\n',
    );
    assert.deepEqual(coverage(root, 'libs/protocol'), { status: 0, percents: [96] });
    const forgotten = Array.from({ length: 20 }, (_, line) => `export const line${line} = ${line}; // why`);
    writeFileSync(join(root, 'libs/protocol/forgotten.ts'), forgotten.join('\n'));
    assert.deepEqual(coverage(root, 'libs/protocol'), { status: 1, percents: [80] });
  });

  test('HS-50 fails when a test fails, when a folder has no test, and for a folder that has no threshold', () => {
    assert.equal(coverage(treeWith('libs/protocol', 99, { testPasses: false }), 'libs/protocol').status, 1);
    assert.equal(coverage(treeWith('libs/other', 99), 'libs/protocol').status, 1);
    assert.equal(coverage(treeWith('libs/other', 99), 'libs/other').status, 1);
  });

  test('HS-50 E2E-06 P2P-95 asks for 95 % where a mistake can fork the chain or cost a key, and for 90 % of all else', () => {
    for (const folder of SAFETY) assert.ok((LINES_MIN[folder] ?? 0) >= 95, folder);
    for (const folder of ['libs', 'services']) assert.ok((LINES_MIN[folder] ?? 0) >= 90, folder);
    for (const [folder, percentMin] of Object.entries(LINES_MIN)) assert.ok(percentMin >= 90, folder);
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    assert.equal(scripts.coverage, 'node test/line-coverage/run.ts');
  });

  test('HS-50 reports what ran although a process was killed while it wrote its own lines', () => {
    const root = treeWith('libs/protocol', 95);
    const folder =
      "const folder = process.env.NODE_V8_COVERAGE ?? '';\nmkdirSync(folder, { recursive: true });\n";
    const torn = "join(folder, 'coverage-1-1700000000000-0.json')";
    const imports =
      "import { mkdirSync, writeFileSync } from 'node:fs';\nimport { join } from 'node:path';\n";
    writeFileSync(
      join(root, 'libs/protocol/killed.test.ts'),
      `${imports}${folder}writeFileSync(${torn}, '{"result":[{"scr');\n`,
    );
    assert.deepEqual(coverage(root, 'libs/protocol'), { status: 0, percents: [95] });
  });
});
