import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findGo, GO_MINOR_MIN } from './find-go.ts';

/** A program that says what `go version` would. */
function goThatSays(folder: string, name: string, words: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "${words}"\n`);
  chmodSync(file, 0o700);
  return file;
}

test('the first Go that is new enough is taken; older ones, and what is none, are passed over', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'find-go-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const missing = join(folder, 'missing');
  const old = goThatSays(folder, 'old', `go version go1.${GO_MINOR_MIN - 1}.9 linux/amd64`);
  const other = goThatSays(folder, 'other', 'a game of stones');
  const least = goThatSays(folder, 'least', `go version go1.${GO_MINOR_MIN} linux/amd64`);
  const newer = goThatSays(folder, 'newer', `go version go1.${GO_MINOR_MIN + 1} linux/amd64`);
  assert.equal(findGo([missing, old, other, least, newer]), least);
  assert.equal(findGo([newer, least]), newer);
  assert.equal(findGo([missing, old, other]), undefined);
});
