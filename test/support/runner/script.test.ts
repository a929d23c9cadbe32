import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const ROOT = new URL('../../..', import.meta.url).pathname;
const RUN_MS_MAX = 300_000;

/** Exit code and sentence of a script. */
function refusalOf(script: string, ...args: readonly string[]): readonly [number | null, string] {
  const run = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: RUN_MS_MAX,
  });
  assert.equal(run.stdout, '');
  return [run.status, run.stderr.trim()];
}

for (const [script, sentence, ...args] of [
  ['test/rows/run.ts', /^mutants:rows: Unknown option '--bad'/, '--bad'],
  ['test/rows/run.ts', /^mutants:rows: no mutation has "NOPE" in its name/, '--only', 'NOPE'],
  ['test/e2e/run.ts', /^e2e:long: nothing has "nowhere" in its name; --list/, '--only', 'nowhere'],
  ['test/e2e/run.ts', /^e2e:long: --floods and --finality have no names/, '--floods', '--only', 'x'],
  ['test/e2e/run.ts', /^e2e:long: --manifest goes with no other/, '--manifest', '/nowhere', '--tests'],
  ['test/simulation/campaign.ts', /^campaign: no part has "nothing" in its name/, '--only', 'nothing'],
  ['test/simulation/campaign.ts', /^campaign: --jobs takes a whole number from 1 on, not "x"/, '--jobs', 'x'],
  ['test/bench/gateway/run.ts', /^bench:gateway: Unknown option '--bad'/, '--bad'],
  ['test/bench/gateway/run.ts', /^bench:gateway: --megabytes takes a whole number/, '--megabytes', 'x'],
  ['test/e2e/run.ts', /^e2e:long: --manifest \/nowhere: ENOENT/, '--manifest', '/nowhere'],
] as const) {
  test(`${script} ${args.join(' ')} does nothing, says why in one line, and ends with 64`, () => {
    const [code, text] = refusalOf(script, ...args);
    assert.equal(code, 64);
    assert.match(text, sentence);
    assert.equal(text.split('\n').length, 1);
  });
}
