import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { adminSocket } from '#services/signer/socket/admin-socket.ts';
import type { SignerAdminApi } from '#services/signer/socket/signer-admin-api.ts';
import { SignerError } from '#services/signer/words/errors.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-unlock-'));
after(() => rmSync(base, { recursive: true, force: true }));

const SENTENCE = 'this core computes wrongly: replace the machine';

async function refuse(): Promise<never> {
  throw new SignerError(SENTENCE, { code: 'SIGNER_LATCHED' });
}

describe('a refusal at the admin socket of a signer', () => {
  const path = join(base, 'admin.sock');
  const api: SignerAdminApi = {
    getCustody: refuse,
    getProcess: refuse,
    unlock: refuse,
    lock: refuse,
    listAuditRows: refuse,
    signOperatorVote: refuse,
  };
  const socket = adminSocket({ path, api, log: memoryLogger() });
  before(() => socket.start());
  after(() => socket.stop());

  for (const command of ['lock', 'unlock', 'status']) {
    test(`is told by "signer ${command}" with its code, with --json as a field too`, async () => {
      const line = ['signer', command, '--socket', path];
      const notes = `btcfed: ${SENTENCE} (code SIGNER_LATCHED)`;
      assert.deepEqual(await runCommandLine(...line), { code: 1, out: '', notes });
      const json = await runCommandLine(...line, '--json');
      assert.deepEqual(
        [json.code, JSON.parse(json.out), json.notes],
        [1, { error: { code: 'SIGNER_LATCHED', message: SENTENCE } }, notes],
      );
    });
  }
});
