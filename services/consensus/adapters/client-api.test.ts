import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sha256 } from '#libs/bytes/sha256.ts';
import { digestBytes, toEpoch, toHeight } from '#libs/chain/ids.ts';
import { leafHash, verifyInclusion } from '#libs/chain/merkle.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { finding } from '#libs/diagnosis/finding.ts';
import { encodeHandover } from '#libs/membership/handover.ts';
import { membershipAfterLast } from '#libs/membership/membership.ts';
import type {
  GetTransactionResponse,
  ResponseHeader,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { CommandPlace, Severity } from '#libs/proto/btcfed/consensus/v1/diagnosis.ts';
import { auditedMemberOf, rosterOf } from '#test/support/chain/membership.ts';
import { anybody } from '#test/support/consensus/callers.ts';
import { type MemoryMember, memoryMember } from '#test/support/consensus/client-ports.ts';
import type { ClientHandlers } from './client/client-call.ts';
import { clientApi } from './client-api.ts';

const call = { signal: new AbortController().signal, caller: anybody };
const apple = Buffer.from('apple');
const pear = Buffer.from('pear');
const plum = Buffer.from('plum');

function serve(): MemoryMember & { readonly handlers: ClientHandlers } {
  const member = memoryMember();
  return Object.assign(member, { handlers: clientApi(member.ports).handlers });
}

function code(expected: string): object {
  return { name: 'ClientError', detail: { code: expected } };
}

describe('SubmitTransaction', () => {
  test('takes a transaction in and names it', async () => {
    const { handlers, mempool } = serve();
    const answer = await handlers.submitTransaction({ transaction: apple }, call);
    assert.deepEqual(answer.transactionHash, sha256(apple));
    assert.equal(answer.state, 1);
    assert.equal(mempool.size, 1);
  });

  test('gives the same answer for the same bytes', async () => {
    const { handlers, mempool } = serve();
    const first = await handlers.submitTransaction({ transaction: apple }, call);
    assert.deepEqual(await handlers.submitTransaction({ transaction: apple }, call), first);
    assert.equal(mempool.size, 1);
  });

  test('says FINAL for one that is, and takes it in no more', async () => {
    const { handlers, chain, mempool } = serve();
    chain.append(apple);
    const answer = await handlers.submitTransaction({ transaction: apple }, call);
    assert.equal(answer.state, 2);
    assert.equal(mempool.size, 0);
  });

  for (const [name, transaction, expected] of [
    ['an empty transaction', new Uint8Array(0), { code: 'CONSENSUS_TRANSACTION_EMPTY' }],
    [
      'one above the limit',
      new Uint8Array(101),
      {
        code: 'CONSENSUS_TRANSACTION_TOO_LARGE',
        sizeBytes: 101,
        trailer: { 'btcfed-transaction-bytes': '101' },
      },
    ],
  ] as const) {
    test(`refuses ${name}`, async () => {
      const submitted = serve().handlers.submitTransaction({ transaction }, call);
      await assert.rejects(submitted, { name: 'ClientError', detail: expected });
    });
  }

  test('refuses while the mempool is full', async () => {
    const member = serve();
    member.mempoolMax = 1;
    await member.handlers.submitTransaction({ transaction: apple }, call);
    const second = member.handlers.submitTransaction({ transaction: pear }, call);
    await assert.rejects(second, code('CONSENSUS_MEMPOOL_FULL'));
  });

  test('refuses on a halted member and says why, but still knows what is final', async () => {
    const member = serve();
    member.status = { ...member.status, mode: 'halted', haltReason: 'safety record missing' };
    member.chain.append(pear);
    const refused = member.handlers.submitTransaction({ transaction: apple }, call);
    await assert.rejects(refused, { ...code('CONSENSUS_HALTED'), message: /safety record missing/ });
    const final = await member.handlers.submitTransaction({ transaction: pear }, call);
    assert.equal(final.state, 2);
  });
});

describe('GetTransaction', () => {
  test('finds one that waits', async () => {
    const { handlers } = serve();
    const { transactionHash } = await handlers.submitTransaction({ transaction: apple }, call);
    const { state, transaction, height } = await handlers.getTransaction({ transactionHash }, call);
    assert.deepEqual(
      { state, transaction: Buffer.from(transaction), height },
      {
        state: 1,
        transaction: apple,
        height: 0n,
      },
    );
  });

  test('proves one that is final under both roots of its block', async () => {
    const { handlers, chain } = serve();
    chain.append(apple);
    const { header } = chain.append(pear, plum);
    const answer = await handlers.getTransaction({ transactionHash: sha256(plum) }, call);
    assert.deepEqual([answer.state, answer.height, answer.index], [2, 2n, 1]);
    assert.ok(isUnder(answer.payloadProof, leafHash(plum), digestBytes(header.payloadRoot)));
    assert.ok(isUnder(answer.stateProof, stateLeafOf(transactionOf(plum)), digestBytes(header.stateRoot)));
  });

  test('says FINAL for one that is final and not yet gone from the mempool', async () => {
    const { handlers, chain } = serve();
    await handlers.submitTransaction({ transaction: apple }, call);
    chain.append(apple);
    assert.equal((await handlers.getTransaction({ transactionHash: sha256(apple) }, call)).state, 2);
  });

  test('refuses a hash that nobody submitted', async () => {
    const asked = serve().handlers.getTransaction({ transactionHash: sha256(apple) }, call);
    await assert.rejects(asked, code('CONSENSUS_TRANSACTION_UNKNOWN'));
  });

  test('refuses a hash of another length', async () => {
    for (const transactionHash of [new Uint8Array(0), new Uint8Array(31), new Uint8Array(33)]) {
      const detail = { code: 'CONSENSUS_REQUEST_INVALID', field: 'transaction_hash' };
      await assert.rejects(serve().handlers.getTransaction({ transactionHash }, call), { detail });
      await assert.rejects(serve().handlers.waitTransaction({ transactionHash }, call), { detail });
    }
  });
});

describe('GetBlock', () => {
  const none = { height: 0n, latest: false, headerOnly: false, firstTransaction: 0 };

  test('answers with the block and its certificate', async () => {
    const { handlers, chain } = serve();
    const { digest } = chain.append(apple, pear);
    const answer = await handlers.getBlock({ ...none, height: 1n }, call);
    assert.deepEqual(answer.block?.transactions, [apple, pear]);
    assert.deepEqual(answer.blockDigest, digestBytes(digest));
    assert.deepEqual(answer.commitCertificate?.blockDigest, digestBytes(digest));
    assert.deepEqual(answer.descendants, []);
    assert.deepEqual([answer.certificateKept, answer.certifiedHeight], [true, 1n]);
  });

  test('links a block to the certificate of a descendant', async () => {
    const { handlers, chain } = serve();
    const [, second] = chain.appendTogether([[apple], [pear]]);
    const answer = await handlers.getBlock({ ...none, height: 1n }, call);
    assert.deepEqual(
      answer.descendants.map(({ height }) => height),
      [2n],
    );
    assert.deepEqual(answer.commitCertificate?.blockDigest, second && digestBytes(second.block.digest));
    assert.deepEqual([answer.certificateKept, answer.certifiedHeight], [false, 2n]);
  });

  test('answers with genesis at height 0', async () => {
    const answer = await serve().handlers.getBlock(none, call);
    assert.equal(answer.block?.header?.height, 0n);
    assert.deepEqual(answer.commitCertificate?.signatures, []);
  });

  test('answers with the newest when asked for it, whatever the height', async () => {
    const { handlers, chain } = serve();
    chain.append(apple);
    const answer = await handlers.getBlock({ ...none, height: 99n, latest: true }, call);
    assert.equal(answer.block?.header?.height, 1n);
  });

  test('leaves the transactions out when asked to', async () => {
    const { handlers, chain } = serve();
    chain.append(apple);
    const answer = await handlers.getBlock({ ...none, height: 1n, headerOnly: true }, call);
    assert.deepEqual(answer.block?.transactions, []);
    assert.equal(answer.block?.header?.transactionCount, 1);
  });

  test('refuses a height that is not final', async () => {
    const { handlers, chain } = serve();
    chain.append(apple);
    await assert.rejects(handlers.getBlock({ ...none, height: 2n }, call), {
      detail: { code: 'CONSENSUS_BLOCK_NOT_FINAL', finalHeight: 1n },
    });
  });

  test('A5-11 refuses a height below a snapshot that is not fetched yet, and says what is missing', async () => {
    const { handlers, chain } = beganFromSnapshot();
    const missing = { detail: { code: 'CONSENSUS_HISTORY_MISSING', from: 1n, to: 2n } };
    await assert.rejects(handlers.getBlock({ ...none, height: 2n }, call), missing);
    assert.equal((await handlers.getBlock({ ...none, height: 3n }, call)).block?.header?.height, 3n);
    const { missingHistory } = await handlers.getStatus({}, call);
    assert.deepEqual(missingHistory, { fromHeight: 1n, toHeight: 2n, remainingS: undefined });
    chain.hidden = undefined;
    assert.equal((await handlers.getBlock({ ...none, height: 2n }, call)).block?.header?.height, 2n);
    assert.equal((await handlers.getStatus({}, call)).missingHistory, undefined);
  });
});

/** A member that holds genesis and the newest of three blocks. */
function beganFromSnapshot() {
  const served = serve();
  served.chain.append(apple);
  served.chain.append(pear);
  served.chain.append(plum);
  served.chain.hidden = { from: toHeight(1n), to: toHeight(2n) };
  return served;
}

describe('a transaction below a snapshot that is not fetched yet (A5-11)', () => {
  test('is known to be final: it is not taken again, and never said to be unknown', async () => {
    const { handlers, chain } = beganFromSnapshot();
    const submitted = await handlers.submitTransaction({ transaction: apple }, call);
    assert.equal(submitted.state, 2);
    await assert.rejects(handlers.getTransaction({ transactionHash: sha256(apple) }, call), {
      detail: { code: 'CONSENSUS_HISTORY_MISSING', from: 1n, to: 2n },
    });
    await assert.rejects(handlers.getTransaction({ transactionHash: sha256(Buffer.from('no')) }, call), {
      detail: { code: 'CONSENSUS_TRANSACTION_UNKNOWN' },
    });
    chain.hidden = undefined;
    assert.equal((await handlers.getTransaction({ transactionHash: sha256(apple) }, call)).height, 1n);
  });
});

describe('GetStatus and GetValidators', () => {
  test('tell what the member does', async () => {
    const { handlers, chain } = serve();
    const { header } = chain.append(apple);
    const { header: about, ...status } = await handlers.getStatus({}, call);
    assert.equal(about?.finalHeight, 1n);
    assert.deepEqual(status, {
      mode: 1,
      haltReason: '',
      haltAtHeight: undefined,
      draining: false,
      signerFault: '',
      leader: 3,
      member: 2,
      guest: false,
      phase: 'prepare',
      connectedPeers: 3,
      mempoolTransactions: 0,
      lastCommitMs: 12.5,
      stateRoot: digestBytes(header.stateRoot),
      timedOutViews: 1n,
      viewTimeoutMs: 1_000,
      targetHeight: 0n,
      catchUpRemainingS: undefined,
      snapshot: undefined,
      missingHistory: undefined,
      auditHeads: [],
      refusedMessages: { stale: 4n },
      protocol: 'hotstuff',
      scheme: 'slh-dsa-sha2-128f',
      quorum: {
        ...{ reached: true, members: 4, reachable: 4, needed: 3, away: [] },
        ...{ totalWeight: 4n, reachableWeight: 4n, neededWeight: 3n },
      },
      tally: {
        ...{ height: 1n, view: 7n, proposalSeen: true, needed: 3, neededWeight: 3n, votesToAll: true },
        steps: [
          { step: 'prepare', members: 2, weight: 2n, blockWeight: 2n },
          { step: 'commit', members: 0, weight: 0n, blockWeight: 0n },
        ],
        ...{ leaving: 1, leavingWeight: 1n },
      },
    });
  });

  test('TW-2.9.4: count votes when the status is asked for, and for no other answer', async () => {
    const member = serve();
    let counted = 0;
    const { tally, ...status } = member.status;
    const counting = () => {
      counted += 1;
      return tally();
    };
    member.status = { ...status, tally: counting, votePath: 'leader' };
    await member.handlers.getValidators({}, call);
    await member.handlers.submitTransaction({ transaction: apple }, call);
    assert.equal(counted, 0);
    assert.equal((await member.handlers.getStatus({}, call)).tally?.votesToAll, false);
    assert.equal(counted, 1);
  });

  test('name the members and the weight that decides', async () => {
    const answer = await serve().handlers.getValidators({}, call);
    assert.deepEqual(
      answer.validators.map(({ index, name }) => [index, name]),
      [
        [0, 'gamma'],
        [1, 'beta'],
        [2, 'alpha'],
        [3, 'delta'],
      ],
    );
    const keys = auditedMemberOf(2, { name: 'alpha' }).keys;
    assert.deepEqual(
      answer.validators.map((validator) => validator.keys),
      [[], [], keys, []],
    );
    assert.deepEqual([answer.quorumWeight, answer.faultyWeightMax], [3n, 1n]);
    assert.deepEqual(answer.chainDigest, new Uint8Array(32).fill(0xcc));
  });
});

describe('Diagnose', () => {
  test('has no finding about a member that is well', async () => {
    const { header, findings } = await serve().handlers.diagnose({}, call);
    assert.deepEqual([header?.member, findings], ['alpha', []]);
  });

  test('tells each finding with how bad it is and which options complete its command, on a halted member too', async () => {
    const { handlers, ...member } = serve();
    const parts = { summary: 'It is so.', evidence: ['seen'], members: ['alpha', 'beta'] };
    const codes = ['store-damaged', 'members-away', 'catching-up', 'no-chain'] as const;
    Object.assign(member.ports, { diagnose: () => codes.map((code) => finding(code, parts)) });
    const { findings } = await handlers.diagnose({}, call);
    assert.deepEqual(
      findings.map(({ code, severity, next }) => [code, severity, next?.words.join(' '), next?.place]),
      [
        ['store-damaged', Severity.CRITICAL, 'doctor', CommandPlace.HOME],
        ['members-away', Severity.WARNING, 'peers list', CommandPlace.HOME],
        ['catching-up', Severity.NOTICE, 'status', CommandPlace.MEMBER],
        ['no-chain', Severity.WARNING, 'init --help', CommandPlace.COMPLETE],
      ],
    );
    const { summary, evidence, members } = findings[0] ?? assert.fail();
    assert.deepEqual({ summary, evidence, members }, parts);
  });
});

describe('GetMembership', () => {
  test('has how far each member is, as this member knows it, beside the heights that it is asked with', async () => {
    const { handlers, ...member } = serve();
    const asked: unknown[] = [];
    const { participation } = member.ports;
    const erin = { name: 'erin', stage: 'candidate', isConnected: true, isFetching: true } as const;
    Object.assign(member.ports, {
      participation: {
        ...participation,
        progress: (own: unknown) => {
          asked.push(own);
          return [{ ...erin, height: 3n, behind: 4n, agoMs: 5 }];
        },
      },
    });
    const { progress } = await handlers.getMembership({}, call);
    assert.deepEqual(asked, [{ height: 0n, target: 0n }]);
    assert.deepEqual(progress, [
      {
        ...{ member: 'erin', stage: 'candidate', connected: true, reportedHeight: 3n, behind: 4n },
        ...{ fetching: true, reportedMsAgo: 5 },
      },
    ]);
  });
});

describe('GetHandover', () => {
  test('answers with the last block of the epoch before: its handover, proved, and the signatures of its members', async () => {
    const { handlers, handover, last } = inSecondEpoch();
    const answer = await handlers.getHandover({ epoch: 1n }, call);
    assert.deepEqual(answer.handover, handover);
    assert.equal(answer.blockHeader?.height, 2n);
    assert.deepEqual(answer.blockHeader?.payloadRoot, digestBytes(last.header.payloadRoot));
    assert.ok(isUnder(answer.payloadProof, leafHash(handover), digestBytes(last.header.payloadRoot)));
    assert.deepEqual(answer.commitCertificate?.blockDigest, digestBytes(last.digest));
  });

  for (const [name, epoch] of [
    ['the epoch of the genesis, which has none', 0n],
    ['an epoch that has not begun', 2n],
  ] as const) {
    test(`refuses ${name}`, async () => {
      const { handlers } = inSecondEpoch();
      await assert.rejects(handlers.getHandover({ epoch }, call), {
        detail: { code: 'CONSENSUS_EPOCH_UNKNOWN', epoch },
      });
    });
  }

  test('A5-11 refuses one in a block below a snapshot that is not fetched yet', async () => {
    const { handlers, chain } = inSecondEpoch();
    chain.append(plum);
    chain.hidden = { from: toHeight(1n), to: toHeight(2n) };
    await assert.rejects(handlers.getHandover({ epoch: 1n }, call), {
      detail: { code: 'CONSENSUS_HISTORY_MISSING', from: 1n, to: 2n },
    });
  });
});

/** A member of epoch 1, to whose members block 2 hands over. */
function inSecondEpoch() {
  const { chain, ports } = memoryMember();
  const before = ports.membership.current();
  chain.append(apple);
  const handover = encodeHandover({ chain: before.chain, epoch: toEpoch(1n), roster: rosterOf(5) });
  const last = chain.append(handover, pear);
  const judged = membershipAfterLast(before, last);
  assert.ok(judged?.ok, 'the block hands over');
  const next = judged.membership;
  const membership = {
    current: () => next,
    epoch: (epoch: bigint) => [before, next].find((each) => each.epoch === epoch),
  };
  return { handlers: clientApi({ ...ports, membership }).handlers, chain, handover, last };
}

test('every answer says who gave it and how fresh it is', async () => {
  const { handlers, chain } = serve();
  const { digest } = chain.append(apple);
  const expected: ResponseHeader = {
    chainId: 'test-chain',
    member: 'alpha',
    epoch: 0n,
    view: 7n,
    finalHeight: 1n,
    finalDigest: digestBytes(digest),
  };
  const transactionHash = sha256(apple);
  const answers = [
    handlers.submitTransaction({ transaction: pear }, call),
    handlers.getTransaction({ transactionHash }, call),
    handlers.waitTransaction({ transactionHash }, call),
    handlers.getBlock({ height: 1n, latest: false, headerOnly: true, firstTransaction: 0 }, call),
    handlers.getStatus({}, call),
    handlers.getValidators({}, call),
  ];
  for (const { header } of await Promise.all(answers)) assert.deepEqual(header, expected);
});

function isUnder(proof: GetTransactionResponse['payloadProof'], leaf: Uint8Array, root: Uint8Array): boolean {
  if (proof === undefined) return false;
  const { leafIndex: index, treeSize: size, path } = proof;
  return verifyInclusion({ root, leafHash: leaf, index, size, path });
}
