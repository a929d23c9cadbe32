import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { buildCometbft, needGo } from './build-cometbft.ts';
import { COMETBFT } from './pinned-module.ts';

const { path, version, sum } = COMETBFT;
const NAMES_ITS_MODULE = `printf '/x: go1.26\\n\\tmod\\t${path}\\t${version}\\t${sum}\\n'`;

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-cometbft-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A `go` that does this for `go install`, and says this of what it has built. */
function goThat({
  installs,
  says = NAMES_ITS_MODULE,
}: {
  readonly installs: string;
  readonly says?: string;
}): string {
  const file = join(root, 'go');
  writeFileSync(file, `#!/bin/sh\nif [ "$1" = install ]; then ${installs}; else ${says}; fi\n`);
  chmodSync(file, 0o700);
  return file;
}

function build(go: string, signal = new AbortController().signal) {
  const notes: string[] = [];
  const built = buildCometbft({ go, root, env: process.env, note: (line) => notes.push(line), signal });
  return { notes, built };
}

const WRITES = 'echo program > "$GOBIN/cometbft"';

describe('the building of CometBFT', () => {
  test('installs the pinned module once, and keeps it', async () => {
    const go = goThat({ installs: `echo "$2" >> "${root}/asked"; ${WRITES}` });
    const first = build(go);
    const kept = await first.built;
    assert.ok(existsSync(kept));
    assert.equal(first.notes.length, 1);
    const second = build(go);
    assert.equal(await second.built, kept);
    assert.deepEqual(second.notes, []);
    assert.deepEqual(readdirSync(join(root, '.cache', 'cometbft')), [version]);
  });

  test('is refused with the last words of Go, and leaves nothing behind', async () => {
    const { built } = build(goThat({ installs: 'echo first >&2; echo no such host >&2; exit 1' }));
    await assert.rejects(built, { message: /cannot be built: no such host; Go fetches .* GOPROXY/ });
    assert.deepEqual(readdirSync(join(root, '.cache', 'cometbft')), []);
  });

  test('removes a program that is built from another source', async () => {
    const says = NAMES_ITS_MODULE.replace(sum, 'h1:other=');
    const { built } = build(goThat({ installs: WRITES, says }));
    await assert.rejects(built, {
      detail: { code: 'COMETBFT_NOT_BUILT' },
      message: /removed, for its source has/,
    });
    assert.deepEqual(readdirSync(join(root, '.cache', 'cometbft')), []);
  });

  test('ends with the reason for which it is stopped', async () => {
    const stopped = new AbortController();
    stopped.abort(new Error('stopped on request'));
    await assert.rejects(
      build(goThat({ installs: WRITES }), stopped.signal).built,
      /^Error: stopped on request$/,
    );
  });
});

test('without Go it is said why, and what to do', () => {
  assert.equal(needGo('/usr/bin/go'), '/usr/bin/go');
  assert.throws(() => needGo(undefined), {
    detail: { code: 'COMETBFT_NO_GO' },
    message: /there is no Go .*install Go 1\.\d+ or newer.*"npm run bench" measures the federation alone/,
  });
});
