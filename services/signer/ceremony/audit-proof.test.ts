import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import { keysFault, possessionFault } from '#libs/membership/key-rules.ts';
import { provenAuditKey } from './audit-proof.ts';

test('the audit key of a signer is made once, for its user alone, and proven for its member', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-proof-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const key = await provenAuditKey(folder, 'alice');
  assert.equal(statSync(join(folder, 'audit.key')).mode & 0o777, 0o600);
  assert.deepEqual(await provenAuditKey(folder, 'alice'), key);
  assert.equal(keysFault([{ name: 'alice', keys: [key] }]), undefined);
  assert.equal(possessionFault([{ name: 'alice', keys: [key] }], ed25519Verify), undefined);
  assert.match(
    possessionFault([{ name: 'bob', keys: [key] }], ed25519Verify) ?? '',
    /did not sign its proof/,
  );
  writeFileSync(join(folder, 'audit.key'), 'no key', { mode: 0o600 });
  await assert.rejects(provenAuditKey(folder, 'alice'), /it is missing or no Ed25519 key in PEM/);
});
