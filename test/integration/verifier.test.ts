import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { go, noGo, VERIFIER_FOLDER } from '#test/support/programs/go.ts';

/** Time for the one build, with the SLH-DSA package, on a machine that may be busy. */
const MS_MAX = 300_000;

describe('the verifier that was written from proto/FORMATS.md alone', { skip: noGo }, () => {
  for (const args of [
    ['vet', './...'],
    ['test', '-count=1', './...'],
  ]) {
    test(`F-31 agrees with all published vectors: go ${args.join(' ')}`, () => {
      const { status, stdout, stderr } = spawnSync(go ?? '', args, {
        cwd: VERIFIER_FOLDER,
        encoding: 'utf8',
        timeout: MS_MAX,
      });
      assert.equal(status, 0, `${stdout}${stderr}`);
    });
  }
});
