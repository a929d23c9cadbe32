import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findNatsServer } from './nats-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'btcfed-path-'));
after(() => rmSync(folder, { recursive: true }));

const SYSTEM = '/usr/sbin/nats-server';

test('nats-server is taken from the PATH, and else from the folder of the Debian package', () => {
  const elsewhere = existsSync(SYSTEM) ? SYSTEM : undefined;
  assert.equal(findNatsServer(`/nowhere:${folder}`), elsewhere);
  writeFileSync(join(folder, 'nats-server'), '', { mode: 0o700 });
  assert.equal(findNatsServer(`/nowhere:${folder}`), join(folder, 'nats-server'));
});
