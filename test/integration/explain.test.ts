import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { btcfed, runBtcfed } from '#test/support/federation/operator.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const SEEN_MS = 300_000;

interface Told {
  readonly member: string;
  readonly signed: boolean;
  readonly cause?: string;
  readonly evidence: readonly string[];
  readonly sinceUnixMs?: number;
}

interface Explanation {
  readonly answeredBy: string;
  readonly height: number;
  readonly leader?: string;
  readonly signers: readonly string[];
  readonly members: readonly Told[];
  readonly decidedUnixMs?: number;
  readonly countedVotes: boolean;
}

describe('btcfed members explain on four members that run in processes', () => {
  let federation: LocalMembers;
  /** A height that was decided while m3 was cut off. */
  let cutOff = 0;
  before(async () => {
    federation = await LocalMembers.start({ members: 4 });
  });
  after(() => federation?.[Symbol.asyncDispose]());

  const memberOf = (index: number) => federation.members[index] ?? assert.fail();

  /** The height of a new transaction, final on the members that are asked about it. */
  async function decide(text: string, ...on: readonly number[]): Promise<number> {
    const { client } = memberOf(on[0] ?? 0);
    const { hash } = await client.submit(Buffer.from(text));
    const finals = await Promise.all(
      on.map((index) => memberOf(index).client.wait(hash, { deadlineMs: SEEN_MS })),
    );
    return Number(finals[0]?.height);
  }

  async function explained(at: number, height: number, ...name: readonly string[]): Promise<Explanation> {
    const { facts } = memberOf(at);
    const place = ['--height', `${height}`, '--home', facts.paths.home, '--json'];
    const { code, out, notes } = await runBtcfed(['members', 'explain', ...name, ...place]);
    assert.equal(code, 0, notes);
    return JSON.parse(out) as Explanation;
  }

  test('tells who signed, and of the one that a quorum did without what each member knows itself', async () => {
    const height = await decide('apple', 0, 1, 2, 3);
    const told = await Promise.all([0, 1, 2, 3].map((at) => explained(at, height)));
    const [first] = told;
    assert.equal(first?.signers.length, 3, 'a certificate has a quorum and no more');
    const [missing] = first?.members ?? [];
    assert.equal(missing?.signed, false);
    for (const each of told) {
      assert.equal(each.leader, first?.leader);
      assert.ok(each.decidedUnixMs !== undefined);
      assert.equal(each.countedVotes, each.answeredBy === each.leader, 'votes go to the leader');
      const [about] = each.members;
      assert.ok((about?.evidence.length ?? 0) > 0);
      const isKnown = each.answeredBy === about?.member || each.countedVotes;
      if (!isKnown) assert.match(about?.evidence.join() ?? '', new RegExp(`ask ${first?.leader}`));
    }
    const [signed] = (await explained(0, height, first?.signers[0] ?? '')).members;
    assert.deepEqual([signed?.signed, signed?.cause], [true, undefined]);
  });

  test('says link-down of a member whose gateway is gone, with since when, on every other member', async () => {
    await federation.stop(3, 'gateway');
    const away = async () => (await memberOf(0).client.status()).quorum?.away.includes('m3') === true;
    await until('m3 is away', away, SEEN_MS);
    const height = await decide('pear', 0, 1, 2);
    for (const at of [0, 1, 2]) {
      const { signers, members } = await explained(at, height);
      assert.deepEqual(signers, ['m0', 'm1', 'm2']);
      assert.deepEqual(
        members.map(({ member, cause }) => [member, cause]),
        [['m3', 'link-down']],
      );
      assert.ok((members[0]?.sinceUnixMs ?? 0) > 1_600_000_000_000);
    }
    cutOff = height;
    const { out } = await runBtcfed(['members', 'list', '--home', memberOf(0).facts.paths.home, '--json']);
    const { progress } = JSON.parse(out) as { progress: readonly { member: string; stage: string }[] };
    assert.deepEqual(
      progress.map(({ member, stage }) => [member, stage]),
      [
        ['m0', 'member'],
        ['m1', 'member'],
        ['m2', 'member'],
        ['m3', 'unreachable'],
      ],
    );
    await federation.restart(3, 'gateway');
  });

  test('says of oneself what the own records tell: a locked signer, and what did not come while it was cut off', async () => {
    await btcfed('signer', 'lock', '--home', memberOf(3).facts.paths.home);
    const locked = async () => (await memberOf(3).client.status()).signerFault !== '';
    let height = cutOff;
    await until(
      'm3 knows that its signer is locked',
      async () => {
        height = await decide(`plum ${height}`, 0, 3);
        return locked();
      },
      SEEN_MS,
    );
    height = await decide('quince', 0, 3);
    const [own] = (await explained(3, height, 'm3')).members;
    assert.equal(own?.cause, 'signer-locked');
    assert.match(own?.evidence.join() ?? '', /locked/);
    // While its gateway was gone: in the view that decided it got no proposal, and in a later one it never was.
    const cut = (await explained(3, cutOff, 'm3')).members[0];
    assert.ok(cut?.cause === 'late-proposal' || cut?.cause === 'behind', cut?.cause);
  });

  test('tells of a height from before the start who signed, and that nothing more is remembered', async () => {
    await federation.stop(1, 'consensus');
    await federation.restart(1, 'consensus');
    const { signers, members, decidedUnixMs } = await explained(1, 1);
    assert.deepEqual([signers.length, members.length, decidedUnixMs], [3, 1, undefined]);
    assert.equal(members[0]?.cause, 'unknown');
    assert.match(members[0]?.evidence.join() ?? '', /this height became final before/);
  });

  test('refuses a name that nobody has and a height that is not final, with exit code 2', async () => {
    const place = ['--home', memberOf(0).facts.paths.home];
    const stranger = await runBtcfed(['members', 'explain', 'zoe', '--height', '1', ...place]);
    assert.equal(stranger.code, 2);
    assert.match(stranger.notes, /has a member "zoe": the members of epoch 0 were m0, m1, m2, m3/);
    const future = await runBtcfed(['members', 'explain', '--height', '999999', ...place]);
    assert.equal(future.code, 2);
    assert.match(future.notes, /not final: the newest final height is/);
    const none = await runBtcfed(['members', 'explain', '--height', '0', ...place]);
    assert.equal(none.code, 64);
  });
});
