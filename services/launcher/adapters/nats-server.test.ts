import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findNatsServer } from './nats-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'btcfed-path-'));
after(() => rmSync(folder, { recursive: true }));

test('nats-server is the one on the PATH, and none elsewhere', () => {
  assert.equal(findNatsServer(`/nowhere:${folder}`), undefined);
  writeFileSync(join(folder, 'nats-server'), '', { mode: 0o700 });
  assert.equal(findNatsServer(`/nowhere:${folder}`), join(folder, 'nats-server'));
});
