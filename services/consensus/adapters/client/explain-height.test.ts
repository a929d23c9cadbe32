import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BlockHeader } from '#libs/chain/block.ts';
import { type Digest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { MemoryChain } from '#test/support/chain/memory-chain.ts';
import { type MemoryMember, memoryMember } from '#test/support/consensus/client-ports.ts';
import type { DecidedHeight, MissingSignature } from '../../core/decided-height.ts';
import { explainHeight } from './explain-height.ts';

const [gamma, beta, alpha] = [toMemberIndex(0), toMemberIndex(1), toMemberIndex(2)];
const signature = new Uint8Array(1);

/** Signed by gamma and alpha, of four, in the view that the block was first proposed in. */
function certify({ height, view }: BlockHeader, digest: Digest) {
  const signatures = [gamma, alpha].map((member) => ({ member, signature }));
  return { kind: 'commit', instance: 0n, view, height, digest, signatures };
}

/** Heights 1 to 3; the blocks of 2 and 3 were decided together. */
function ofThree(): MemoryMember {
  const member = memoryMember(new MemoryChain(certify));
  member.chain.append(Buffer.from('apple'));
  member.chain.appendTogether([[Buffer.from('pear')], [Buffer.from('plum')]]);
  return member;
}

function decided(change: Partial<DecidedHeight> = {}): DecidedHeight {
  const { block } = ofThree().chain.certifiedBlock(toHeight(1n)) ?? assert.fail();
  return {
    ...{
      height: toHeight(1n),
      certifiedHeight: toHeight(1n),
      epoch: block.header.epoch,
      digest: block.digest,
    },
    ...{ view: toView(7n), leader: beta, signers: [beta, alpha], atMs: 1, timeMs: 5_000.4, isLive: true },
    ...{ countsVotes: true, hasGateway: true, suspended: [], links: new Map(), signerFault: undefined },
    ...change,
  };
}

const LATE: MissingSignature = { cause: 'late-vote', evidence: ['it came 35 ms after'], lateMs: 35 };

function remembering(
  member: MemoryMember,
  seen: DecidedHeight,
  absence: MissingSignature = LATE,
): MemoryMember {
  const at = { decided: seen, absence: () => absence };
  member.participation = { ...member.participation, seen: () => at, lowest: toHeight(1n) };
  return member;
}

const ask = ({ ports }: MemoryMember, height: bigint, member = '') =>
  explainHeight(ports, { height, latest: false, member });
const code = (expected: string) => ({ name: 'ClientError', detail: { code: expected } });

describe('ExplainHeight', () => {
  test('tells of all that did not sign, by what this process remembers', () => {
    const { header, members, ...told } = ask(remembering(ofThree(), decided()), 1n);
    assert.equal(header?.member, 'alpha');
    assert.deepEqual(told, {
      ...{ height: 1n, epoch: 0n, certifiedHeight: 1n, view: 7n, leader: 'beta' },
      ...{ signers: ['beta', 'alpha'], decidedUnixMs: 5_000n, countedVotes: true },
    });
    assert.deepEqual(
      members.map(({ member, signed, cause, lateMs }) => [member, signed, cause, lateMs]),
      [
        ['gamma', false, 'late-vote', 35],
        ['delta', false, 'late-vote', 35],
      ],
    );
    assert.deepEqual(members[0]?.evidence, ['it came 35 ms after']);
  });

  test('tells of one member that it signed, or why not, with the numbers of its cause', () => {
    const member = remembering(ofThree(), decided(), { cause: 'link-down', evidence: [], sinceMs: 12 });
    const [signed] = ask(member, 1n, 'beta').members;
    assert.deepEqual([signed?.member, signed?.signed, signed?.cause], ['beta', true, '']);
    const { members } = ask(member, 1n, 'gamma');
    assert.equal(members.length, 1);
    assert.deepEqual([members[0]?.cause, members[0]?.sinceUnixMs], ['link-down', 12n]);
  });

  test('reads the certificate of a height that it did not see, and says why there is no more', () => {
    const { members, ...told } = ask(ofThree(), 1n);
    assert.deepEqual(
      [told.signers, told.leader, told.decidedUnixMs],
      [['gamma', 'alpha'], 'gamma', undefined],
    );
    assert.deepEqual(
      members.map(({ member, cause }) => [member, cause]),
      [
        ['beta', 'unknown'],
        ['delta', 'unknown'],
      ],
    );
    assert.match(members[0]?.evidence.join() ?? '', /remembered from the next height on; .* final before/);
  });

  test('names stored evidence against a member also of a height that it did not see', () => {
    const member = ofThree();
    member.participation = {
      ...member.participation,
      lowest: toHeight(3n),
      isAccused: (index) => index === beta,
    };
    const { members } = ask(member, 1n);
    assert.deepEqual(
      members.map(({ cause }) => cause),
      ['faulty-evidence', 'unknown'],
    );
    assert.match(members[0]?.evidence.join() ?? '', /evidence against it is stored here,.*from height 3 on/);
  });

  test('answers for the newest height', () => {
    assert.equal(explainHeight(ofThree().ports, { height: 0n, latest: true, member: '' }).height, 3n);
  });

  test('leaves the leader out where it does not know who led the view', () => {
    assert.equal(ask(remembering(ofThree(), decided({ leader: undefined })), 1n).leader, 'gamma');
    const later = new MemoryChain((header, digest) => ({ ...certify(header, digest), view: toView(99n) }));
    later.append(Buffer.from('apple'));
    assert.equal(ask(memoryMember(later), 1n).leader, '', 'the proposer led another view');
  });

  test('says suspended of one that was voted out, and not-a-member-then of a member of another epoch', () => {
    const away = remembering(ofThree(), decided({ suspended: ['erin'] }));
    assert.equal(ask(away, 1n, 'erin').members[0]?.cause, 'suspended');
    const { ports } = ofThree();
    const now = ports.membership.current();
    const erin = { ...now.set.members[0], name: 'erin' };
    const next = { ...now, epoch: toEpoch(1n), set: { ...now.set, members: [erin] } } as typeof now;
    const epochs = [now, next];
    const membership = { current: () => next, epoch: (epoch: bigint) => epochs[Number(epoch)] };
    const request = { height: 1n, latest: false, member: 'erin' };
    const [told] = explainHeight({ ...ports, membership }, request).members;
    assert.equal(told?.cause, 'not-a-member-then');
    assert.match(told?.evidence.join() ?? '', /members of epoch 0 were gamma, beta, alpha, delta/);
  });

  test('refuses a name that no epoch knows', () => {
    assert.throws(() => ask(ofThree(), 1n, 'zoe'), {
      ...code('CONSENSUS_MEMBER_UNKNOWN'),
      message: /no epoch that is known here has a member "zoe"/,
    });
  });

  test('refuses the genesis block, and a height that is not final', () => {
    assert.throws(() => ask(ofThree(), 0n), {
      detail: { code: 'CONSENSUS_REQUEST_INVALID', field: 'height' },
    });
    assert.throws(() => ask(ofThree(), 4n), {
      detail: { code: 'CONSENSUS_BLOCK_NOT_FINAL', finalHeight: 3n },
    });
  });

  test('refuses a height whose certificate is not kept, unless this process remembers who signed', () => {
    assert.throws(() => ask(ofThree(), 2n), {
      ...code('CONSENSUS_SIGNERS_UNKNOWN'),
      message: /block 2 has no certificate of its own here: .*newest 100 heights/,
    });
    const seen = decided({ certifiedHeight: toHeight(3n) });
    const told = ask(remembering(ofThree(), seen), 2n);
    assert.deepEqual([told.certifiedHeight, told.signers, told.leader], [3n, ['beta', 'alpha'], 'beta']);
  });

  test('refuses a height that is damaged or not fetched yet, as every read does', () => {
    const member = ofThree();
    member.chain.hidden = { from: toHeight(1n), to: toHeight(2n) };
    assert.throws(() => ask(member, 1n), {
      detail: { code: 'CONSENSUS_HISTORY_MISSING', from: 1n, to: 2n },
    });
  });
});
