import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';

const MS_MAX = 300_000;
const REQUIRED = new URL('required.ts', import.meta.url).href;

/** Runs in a process of its own, because the environment says which programs are required. */
function run(missing: string | false, requireAll: string | undefined) {
  const script = `import { skipWithout } from '${REQUIRED}'; console.log(skipWithout(${JSON.stringify(missing)}));`;
  const { BTCFED_REQUIRE_ALL: _, ...env } = process.env;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: requireAll === undefined ? env : { ...env, BTCFED_REQUIRE_ALL: requireAll },
    encoding: 'utf8',
    timeout: MS_MAX,
  });
}

describe('a part that needs a program', () => {
  test('says that it is left out where the program is missing', () => {
    assert.equal(run('no go', undefined).stdout, 'NOT TESTED HERE: no go\n');
    assert.equal(run('no go', '0').stdout, 'NOT TESTED HERE: no go\n');
  });

  test('fails where nothing may be left out', () => {
    const { status, stderr } = run('no go', '1');
    assert.notEqual(status, 0);
    assert.match(stderr, /BTCFED_REQUIRE_ALL is 1, and no go/);
  });

  test('is run where the program is', () => {
    for (const requireAll of [undefined, '1']) assert.equal(run(false, requireAll).stdout, 'false\n');
  });
});
