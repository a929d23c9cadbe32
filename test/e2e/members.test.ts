import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { equalBytes } from '#libs/bytes/bytes.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { keyFor } from '#libs/membership/member-keys.ts';
import { readMemberFile } from '#services/launcher/adapters/member-file.ts';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { approveChange, btcfed, joiningHome, runBtcfed } from '#test/support/federation/operator.ts';
import { noGo } from '#test/support/programs/go.ts';
import { verifyAsStranger } from './stranger.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const POLL_MS = 100;

async function makeFinal(client: FederationClient, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

/** Asks until it holds; the limit of the test ends it otherwise. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + FINAL_MS; Date.now() < end; await sleep(POLL_MS)) if (await holds()) return;
  assert.fail('not in time');
}

/** F-02: the change is shown in words, and a person says yes to it, before anything is signed. */
async function refusesWithoutConsent(args: readonly string[]): Promise<void> {
  const alone = await runBtcfed(args);
  assert.equal(alone.code, 1);
  assert.match(alone.notes, /m2 leaves\n {2}erin joins, weight 1\n {4}consensus key [0-9a-f]{64}/);
  assert.match(alone.notes, /\n {4}audit key {5}[0-9a-f]{64}\n/);
  assert.match(alone.notes, /nobody is at the terminal to be asked .* give --yes in a script/);
  const declined = await runBtcfed(args, async (question) => {
    assert.match(question, /^Vote for this change as m0\?/);
    return 'no';
  });
  assert.equal(declined.code, 1);
  assert.match(declined.notes, /nothing was signed/);
  const home = args[args.indexOf('--home') + 1] ?? '';
  const { ballots } = await btcfed('members', 'list', '--home', home);
  assert.deepEqual(ballots, []);
  // Consensus is asked for nothing: a vote needs the admin socket, or a certificate that the matrix lets vote.
  const consensus = ['--cert', join(home, 'tls/consensus.crt'), '--key', join(home, 'tls/consensus.key')];
  const refused = await runBtcfed([...args, ...consensus, '--yes']);
  assert.match(refused.notes, /SIGNER_NOT_ALLOWED|may not ask for this \(membership\)/);
  const elsewhere = await runBtcfed([...args, '--socket', join(home, 'run/no.sock'), '--yes']);
  assert.match(elsewhere.notes, /no signer answers at .*no\.sock/);
}

/** A change that the members would refuse is refused before the signer is asked: there is none at its socket. */
async function refusesUnsigned(home: string, change: readonly string[], digest: string): Promise<void> {
  const asked = ['--home', home, '--socket', join(home, 'run/no.sock'), '--yes'];
  for (const again of [
    ['propose', ...change],
    ['approve', digest],
  ]) {
    const { code, notes } = await runBtcfed(['members', ...again, ...asked]);
    assert.equal(code, 1);
    assert.match(notes, /nothing was signed: m0 voted for this change already, .* until height \d+/);
  }
  const few = await runBtcfed(['members', 'propose', '--leave', 'm2', ...asked]);
  assert.match(few.notes, /nothing was signed: 3 members, and the policy allows 4 to \d+: name others/);
}

describe('a change of the members', () => {
  let federation: LocalMembers;
  before(async () => {
    federation = await LocalMembers.start({ members: 4 });
  });
  after(() => federation?.[Symbol.asyncDispose]());

  test('F-02 FED-08 FED-17 a member joins and another leaves: by the commands of the operators, in real processes', async () => {
    const [first] = federation.members;
    assert.ok(first);
    const { client } = first;
    await makeFinal(client, 'before');

    const home = await joiningHome(federation, 'erin');
    const genesis = first.facts.paths.genesis;
    const { facts } = readMemberHome(home, {});
    const homes = federation.members.map((member) => member.facts.paths.home);
    const [proposer, ...approvers] = [homes[0], homes[1], homes[3]].map((each) => each ?? assert.fail());
    assert.ok(proposer);

    const change = ['--join', join(home, 'member.json'), '--leave', 'm2'];
    await refusesWithoutConsent(['members', 'propose', '--home', proposer, ...change]);
    const { digest } = await btcfed('members', 'propose', '--home', proposer, ...change, '--yes');
    await refusesUnsigned(proposer, change, String(digest));
    const erin = await federation.join(facts);
    await until(async () => (await erin.client.status()).header?.finalHeight !== 0n);
    assert.equal((await erin.client.status()).guest, true);
    for (const approver of approvers) await approveChange(approver, String(digest).slice(0, 8));

    await until(async () => (await erin.client.status()).header?.epoch === 1n);
    const listed = await btcfed('members', 'list', '--address', facts.clientAddress);
    const names = (listed['members'] as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(names, ['m0', 'm1', 'm3', 'erin']);
    assert.equal((await erin.client.status()).guest, false);
    const left = federation.members[2]?.client ?? assert.fail();
    await until(async () => (await left.status()).guest);

    // The key that its member.json names, and the roster since: m0 believes no other.
    const audit = keyFor(readMemberFile(join(home, 'member.json')), 'audit') ?? assert.fail();
    await until(async () => {
      const { auditHeads } = await client.status();
      const head = auditHeads.find(({ member }) => member === 'erin')?.head;
      return head !== undefined && equalBytes(head.publicKey, audit);
    });

    // Three of four decide: without m1 the new member's votes are needed.
    federation.kill(1, 'consensus');
    await makeFinal(erin.client, 'after');
    // Final for the new member, who may lead: for the others a moment later.
    await until(async () => (await client.getHeader('latest')).header.epoch === 1n);
    const proved = await btcfed(
      'block',
      'get',
      'latest',
      '--verify',
      genesis,
      '--address',
      facts.clientAddress,
    );
    assert.equal(proved['verified'], true, 'from the genesis alone, through the handover');
    await until(
      async () => (await left.status()).header?.finalHeight === (await client.status()).header?.finalHeight,
    );
  });

  test('F-31 a stranger verifies a live chain over a change of its members, and refuses it with any one bit flipped', {
    skip: noGo,
  }, async (context) => {
    const [member = assert.fail()] = federation.members;
    await verifyAsStranger(context, { federation, member, texts: ['before', 'after'] });
  });
});
