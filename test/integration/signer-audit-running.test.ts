import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { composeSigner } from '#services/signer/compose.ts';
import { openRecord } from '#services/signer/record/open-record.ts';
import { auditOf } from '#services/signer/record/rules/audit-of.ts';
import { AUDIT_ANSWER_ROWS } from '#services/signer/words/limits.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { clientTls, signerClient, signerHome } from '#test/support/signer/signer-home.ts';

const run = (...args: readonly string[]) => runCommandLine('signer', 'audit', ...args, '--json');

/** Adds rows, as refusals would. */
async function addRows(folder: string, count: number): Promise<void> {
  const { ledger } = await openRecord({ folder });
  for (let row = 0; row < count; row++) ledger.note(auditOf(ledger.state(), 'STALE_SLOT', 'prepare'));
  ledger.close();
}

describe('btcfed signer audit, of a signer that runs', () => {
  test('reads, checks and writes the log while the signer signs', async () => {
    await using home = await signerHome('slh-dsa-sha2-128f');
    const socket = join(home.root, 'admin.sock');
    // More than the core says at one time.
    await addRows(home.config.SIGNER_FOLDER, AUDIT_ANSWER_ROWS + 5);
    await using held = new AsyncDisposableStack();
    const signer = await composeSigner({ ...home.config, SIGNER_ADMIN_SOCKET: socket }, memoryLogger());
    await signer.start();
    held.defer(() => signer.stop());
    const client = held.adopt(signerClient(signer.boundAddress(), clientTls(home)), (open) => open.close());
    const { session } = await client.openSession({});
    await client.sign(await home.others.prepare(1, 0, session));
    const out = join(home.root, 'audit.jsonl');
    const [exported, another] = await Promise.all([
      run('export', '--socket', socket, '--out', out),
      client.sign(await home.others.prepare(2, 0, session)),
    ]);
    assert.equal(exported.code, 0, exported.notes);
    assert.equal(another.signature.length, 17_088);
    assert.deepEqual(JSON.parse((await run('verify', out)).out), JSON.parse(exported.out));

    // The folder is in use; with the socket it need not be opened.
    const folder = ['--folder', home.config.SIGNER_FOLDER];
    const refused = await run('head', ...folder);
    assert.deepEqual([refused.code, /is in use by another process/.test(refused.notes)], [1, true]);
    const head = JSON.parse((await run('head', ...folder, '--socket', socket)).out);
    assert.ok(head.rows > AUDIT_ANSWER_ROWS);
    const verified = await run('verify', '--socket', socket, '--noted', `${head.rows}:${head.hash}`);
    assert.deepEqual([verified.code, JSON.parse(verified.out).ok], [0, true]);

    const nowhere = join(home.root, 'none.jsonl');
    const other = await run('export', '--socket', socket, '--out', nowhere, '--expect-key', '0'.repeat(64));
    assert.deepEqual([other.code, JSON.parse(other.out).verdict], [1, 'other-key']);
    assert.equal(existsSync(nowhere), false);
    assert.equal((await client.getSigner({})).mode, 'active');
  });

  test('reads the record where no signer answers, and says so where there is none', async () => {
    await using home = await signerHome('slh-dsa-sha2-128f');
    const nobody = ['--socket', join(home.root, 'nobody.sock')];
    assert.equal((await run('verify', '--folder', home.config.SIGNER_FOLDER, ...nobody)).code, 0);
    const { code, notes } = await run('verify', ...nobody);
    assert.deepEqual([code, /no signer answers/.test(notes)], [3, true]);
  });
});
