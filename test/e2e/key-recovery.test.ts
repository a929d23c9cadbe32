import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FederationClient } from '#libs/client/client.ts';
import { runCommandLine } from '#test/support/command-line.ts';
import { LocalMembers } from '#test/support/local-members.ts';
import { approveChange, btcfed } from '#test/support/operator.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const CONFIRMATION = 'every other copy of this key is destroyed';

async function makeFinal(client: FederationClient, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

test('SIG-18 a key whose record is gone, and whose epoch is over, comes back by files that are carried to its host', async () => {
  await using federation = await LocalMembers.start({ members: 4 });
  const [first, second, third, fourth] = federation.members;
  assert.ok(first && second && third && fourth);
  const { paths, name } = first.facts;
  const folder = ['--folder', paths.signerFolder];
  const file = (base: string): string => join(federation.folder, base);
  const stopped = (work: () => Promise<unknown>): Promise<void> =>
    federation
      .stop(0, 'signer')
      .then(work)
      .then(() => federation.restart(0, 'signer'));
  await stopped(() => btcfed('signer', 'state', 'approver', ...folder, '--out', file('approver.key')));
  await makeFinal(second.client, 'before');

  await federation.stop(0, 'consensus');
  await federation.stop(0, 'signer');
  // Without it the others are three of four: another epoch begins by the rotation of one of them.
  const { out } = await btcfed('signer', 'rotate', 'prepare', '--home', second.facts.paths.home);
  const change = ['--leave', second.facts.name, '--join', String(out)];
  const [proposer, approver, last] = [third, fourth, second].map(({ facts }) => facts.paths.home);
  const { digest } = await btcfed('members', 'propose', '--home', proposer ?? '', ...change, '--yes');
  for (const home of [approver, last]) await approveChange(home ?? '', String(digest));
  await until('the epoch', async () => (await third.client.status()).header?.epoch === 1n, FINAL_MS);

  for (const suffix of ['', '-wal', '-shm'])
    rmSync(join(paths.signerFolder, `signer.db${suffix}`), { force: true });
  const lost = await runCommandLine('signer', 'state', 'recover', ...folder);
  assert.match(lost.notes, /signer\.db: it is gone/);
  const remade = await btcfed('signer', 'state', 'remake', ...folder, '--genesis', paths.genesis);
  assert.equal(remade['mode'], 'quarantined');

  const { transaction, hash, challenge } = await btcfed('signer', 'state', 'recover', ...folder);
  const at = ['--address', third.facts.clientAddress];
  const proofOf = (base: string, ...more: readonly string[]) =>
    runCommandLine('members', 'proof', ...at, '--out', file(base), '--transaction', String(hash), ...more);
  assert.equal((await proofOf('early')).code, 2, 'there is nothing to prove before it is final');
  assert.equal(existsSync(file('early')), false);
  await btcfed('tx', 'submit', '--hex', String(transaction), ...at);
  await third.client.wait(String(hash) as Parameters<FederationClient['wait']>[0], { deadlineMs: FINAL_MS });
  const { token } = await btcfed(
    'signer',
    'state',
    'approve',
    String(challenge),
    '--key',
    file('approver.key'),
  );
  const recover = (proof: string) =>
    runCommandLine(
      ...['signer', 'state', 'recover', ...folder, '--token', String(token), '--confirm', CONFIRMATION],
      ...['--proof', file(proof)],
    );
  assert.equal((await proofOf('short', '--from', '1')).code, 0);
  assert.match((await recover('short')).notes, /final in epoch 1, and the proof leads from epoch 0 to 0/);
  assert.match((await recover('approver.key')).notes, /not written by "btcfed members proof"/);
  assert.match((await proofOf('short')).notes, /short cannot be written/);
  assert.equal((await proofOf('nonce.proof')).code, 0);
  const recovered = await recover('nonce.proof');
  assert.equal(recovered.code, 0, recovered.notes);
  assert.match(recovered.out, /the key is active again; it signs above view \d+/);

  await federation.restart(0, 'signer');
  await federation.restart(0, 'consensus');
  assert.equal((await first.client.status()).haltReason, '');
  // The key is silent for the eight views that the lost record may have been ahead; the others go through them.
  const { lastView: above } = /above view (?<lastView>\d+)/.exec(recovered.out)?.groups ?? {};
  for (let each = 0; (await third.client.getHeader('latest')).header.view <= BigInt(above ?? ''); each++) {
    await makeFinal(third.client, `block ${each}`);
  }
  // Three of four decide: without the fourth the votes of the key that came back are needed.
  federation.kill(3, 'consensus');
  await makeFinal(third.client, `with ${name} again`);
});
