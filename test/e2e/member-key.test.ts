import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FederationClient } from '#libs/client/client.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { approveChange, btcfed } from '#test/support/federation/operator.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const CONFIRMATION = 'every other copy of this key is destroyed';

async function makeFinal(client: FederationClient, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

// One federation, because a start of sixteen processes is most of the work; each leaves it whole to the next.
describe('the key of a member of four', () => {
  let federation: LocalMembers;
  before(async () => {
    federation = await LocalMembers.start({ members: 4 });
  });
  after(() => federation[Symbol.asyncDispose]());

  test('SIG-18 a key whose record is gone, and whose epoch is over, comes back by files that are carried to its host', async () => {
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
    // The other three of four suffice without it: another epoch begins by the rotation of one of them.
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
    await third.client.wait(String(hash) as Parameters<FederationClient['wait']>[0], {
      deadlineMs: FINAL_MS,
    });
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
    assert.match(
      (await proofOf('short')).notes,
      /short' is invalid. It exists already and is never written over/,
    );
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
    await federation.restart(3, 'consensus');
  });

  // A key that is sealed and locked, and one in quarantine: test/long/key-rotation.ts.
  test('SIG-18 a member changes its key while the federation goes on, and no process is restarted', async () => {
    const [third, second, first, fourth] = federation.members.map(({ facts, client }) => ({
      home: facts.paths.home,
      signer: facts.paths.signerFolder,
      client,
    }));
    assert.ok(first && second && third && fourth);
    await makeFinal(second.client, 'before');
    const epochOf = async () => (await second.client.status()).header?.epoch ?? assert.fail();
    const epoch = await epochOf();
    const pids = () => [federation.pidOf(2, 'signer'), federation.pidOf(2, 'consensus')];
    const pidsBefore = pids();

    const prepared = await btcfed('signer', 'rotate', 'prepare', '--home', first.home);
    const before = await btcfed('signer', 'rotate', 'status', '--home', first.home);
    assert.deepEqual(
      [before['next'], before['step'], before['running']],
      [prepared['keyId'], 'prepared', true],
    );
    const again = await runCommandLine(
      'signer',
      'rotate',
      'prepare',
      '--home',
      first.home,
      '--out',
      join(federation.folder, 'x.json'),
    );
    assert.match(again.notes, /next\/signer\.key: it exists already/);
    // The old key goes on until its epoch ends.
    await makeFinal(second.client, 'prepared');

    const change = ['--leave', 'm2', '--join', String(prepared['out'])];
    const { digest } = await btcfed('members', 'propose', '--home', second.home, ...change, '--yes');
    const statusOf = () => btcfed('signer', 'rotate', 'status', '--home', first.home);
    await until('the change', async () => (await statusOf())['step'] !== 'prepared');
    const proposed = await statusOf();
    assert.equal(proposed['step'], 'proposed');
    assert.match(
      String(proposed['todo']),
      new RegExp(`voted for by m1; .*approve ${String(digest).slice(0, 12)}`),
    );
    const kept = await runCommandLine('signer', 'rotate', 'abandon', '--home', first.home);
    assert.match(kept.notes, /the prepared key is voted for in change .* so it stays/);
    for (const { home } of [third, fourth]) await approveChange(home, String(digest));
    await until('the epoch', async () => (await epochOf()) === epoch + 1n);

    // Three of four decide: without the fourth the new key is needed.
    federation.kill(3, 'consensus');
    await makeFinal(second.client, 'after');
    const after = await btcfed('signer', 'rotate', 'status', '--home', first.home);
    assert.deepEqual([after['current'], after['next'], after['step']], [prepared['keyId'], null, 'none']);
    assert.deepEqual(pids(), pidsBefore);
    // The record of the old key stays as evidence, the key does not.
    const archive = join(first.signer, `before-${String(prepared['keyId'])}`);
    assert.deepEqual(readdirSync(archive), ['audit.key', 'signer.db', 'signer.key']);
    const audit = await btcfed('signer', 'audit', 'head', '--folder', archive);
    assert.ok(Number(audit['rows']) > 0);
    assert.equal(existsSync(join(first.signer, 'next')), false);

    // The new key and its record are what a start finds.
    await federation.stop(2, 'signer');
    await federation.restart(2, 'signer');
    await makeFinal(first.client, 'restarted');
    await federation.restart(3, 'consensus');
  });

  test('SIG-18 a member with a sealed key starts, falls silent, and votes from the moment its key is unlocked', async () => {
    const [first] = federation.members;
    assert.ok(first);
    const { home } = first.facts.paths;
    const passphrase = join(federation.folder, 'passphrase');
    writeFileSync(passphrase, 'a passphrase of some words\n', { mode: 0o600 });

    await federation.stop(0, 'signer');
    const sealed = await runCommandLine(
      'signer',
      'seal',
      '--home',
      home,
      '--new-passphrase-file',
      passphrase,
    );
    assert.equal(sealed.code, 0, sealed.notes);
    await federation.restart(0, 'signer');

    // Three of four are a quorum: without the third nothing is decided while the key is locked.
    await federation.stop(3, 'consensus');
    const client = federation.members[1]?.client;
    assert.ok(client);
    const { hash } = await client.submit(Buffer.from('waits for the key'));
    const status = await runCommandLine('tx', 'get', hash, '--address', first.facts.clientAddress);
    assert.notEqual(status.code, 0, status.out);

    await untilStatus(home, 5, /^mode +follows without votes: .*the key is locked.*btcfed signer unlock/m);

    const unlock = ['signer', 'unlock', '--home', home, '--passphrase-file', passphrase];
    const unlocked = await runCommandLine(...unlock);
    assert.equal(unlocked.out, 'the key is unlocked and signs', unlocked.notes);
    const { height } = await client.wait(hash, { deadlineMs: FINAL_MS });
    assert.ok(height > 0n);
    await untilStatus(home, 0, /^mode +active$/m);
  });
});

/**
 * Waits until `btcfed status` exits with this code and says so: its knowledge of the signer is some seconds old at
 * most.
 */
async function untilStatus(home: string, code: number, mode: RegExp): Promise<void> {
  await until(`status ends with ${code} and says ${mode}`, async () => {
    const ended = await runCommandLine('status', '--home', home);
    return ended.code === code && mode.test(ended.out);
  });
}
