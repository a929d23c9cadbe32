import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memberOf, rosterOf } from '../../test/support/membership.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { sha256 } from '../bytes/sha256.ts';
import { buildBlock } from '../chain/block-rules.ts';
import { EMPTY_FRONTIER } from '../chain/frontier.ts';
import { genesisBlock } from '../chain/genesis-block.ts';
import { toDigest, toEpoch, toMemberIndex, toView } from '../chain/ids.ts';
import { inclusionProof, leafHash } from '../chain/merkle.ts';
import { encodeHandover } from '../membership/handover.ts';
import { type Roster, setOfRoster } from '../membership/roster.ts';
import { signingBytes } from '../protocol/statement.ts';
import { type ClientHandover, trustAfter, trustAt } from './membership.ts';
import type { Trust } from './verify-block.ts';

const CHAIN = toDigest('c'.repeat(64));
const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const FOUNDERS = rosterOf(4);
const NEXT = [...rosterOf(3), memberOf(9)];

const signatureOf = (publicKey: Uint8Array, message: Uint8Array): Uint8Array =>
  sha256(Buffer.concat([publicKey, message]));

const TRUST: Trust = {
  chainDigest: CHAIN,
  protocol: 'hotstuff',
  validators: setOfRoster(toEpoch(0n), FOUNDERS),
  verify: async (publicKey, message, signature) => equalBytes(signature, signatureOf(publicKey, message)),
};

interface Facts {
  readonly epoch?: bigint;
  readonly roster?: Roster;
  readonly signers?: Roster;
  readonly signed?: readonly number[];
  readonly chain?: string;
  readonly before?: readonly Uint8Array[];
}

/** A handover from one epoch to the next, as its members make it. */
function handoverOf({
  epoch = 1n,
  roster = NEXT,
  signers = FOUNDERS,
  signed = [0, 1, 2],
  chain = CHAIN,
  before = [],
}: Facts = {}): ClientHandover {
  const handover = encodeHandover({ chain: toDigest(chain), epoch: toEpoch(epoch), roster });
  const transactions = [...before, handover, Buffer.from('other')];
  const { block } = buildBlock({
    parent: GENESIS,
    frontier: EMPTY_FRONTIER,
    view: toView(5n),
    epoch: toEpoch(epoch - 1n),
    proposer: toMemberIndex(1),
    nowMs: 1n,
    transactions,
  });
  const { view, height } = block.header;
  const statement = { kind: 'commit', view, height, digest: block.digest } as const;
  const scope = { chain: CHAIN, protocol: 'hotstuff', epoch: toEpoch(epoch - 1n) };
  const signatures = signed.map((member) => ({
    member: toMemberIndex(member),
    signature: signatureOf(signers[member]?.publicKey ?? assert.fail(), signingBytes(scope, statement)),
  }));
  const leaves = transactions.map(leafHash);
  const path = inclusionProof(leaves, before.length);
  return {
    header: block.header,
    certificate: { phase: 'commit', view, height, digest: block.digest, signatures },
    handover,
    payloadProof: { index: BigInt(before.length), size: BigInt(leaves.length), path },
  };
}

describe('whoever has the genesis alone', () => {
  test('FED-08 believes the next members when a quorum of the old ones signed them', async () => {
    const next = await trustAfter(TRUST, handoverOf());
    assert.ok(next.ok);
    assert.equal(next.trust.validators.epoch, 1n);
    assert.deepEqual(
      next.trust.validators.members.map(({ name }) => name),
      ['m0', 'm1', 'm2', 'm9'],
    );
  });

  test('FED-08 follows the members through all changes', async () => {
    const third = rosterOf(4, 20);
    const handovers = [
      handoverOf(),
      handoverOf({ epoch: 2n, roster: third, signers: NEXT, signed: [0, 2, 3] }),
    ];
    const followed = await trustAt(TRUST, 2n, async (epoch) => handovers[Number(epoch) - 1] ?? assert.fail());
    assert.ok(followed.ok);
    assert.deepEqual(
      followed.trust.validators.members.map(({ name }) => name),
      ['m20', 'm21', 'm22', 'm23'],
    );
    const stay = await trustAt(TRUST, 0n, async () => assert.fail('nothing to ask'));
    assert.ok(stay.ok && stay.trust === TRUST);
  });

  const REFUSED: readonly (readonly [string, ClientHandover, RegExp])[] = [
    ['signed by less than a quorum', handoverOf({ signed: [0, 1] }), /below quorum/],
    ['signed by the new members', handoverOf({ signers: rosterOf(4, 9) }), /signature does not hold/],
    ['of another federation', handoverOf({ chain: 'd'.repeat(64) }), /no handover to the next epoch/],
    [
      'of an epoch that is skipped',
      handoverOf({ epoch: 2n, signers: FOUNDERS }),
      /no handover to the next epoch/,
    ],
    ['without members', handoverOf({ roster: [] }), /no handover to the next epoch/],
    [
      'that does not begin its block',
      handoverOf({ before: [Buffer.from('first')] }),
      /not the first transaction/,
    ],
    [
      'that is not in its block',
      { ...handoverOf(), handover: handoverOf({ roster: FOUNDERS }).handover },
      /not the first/,
    ],
    [
      'of bytes that are none',
      { ...handoverOf(), handover: Buffer.from('btcfed/handover/v1') },
      /no handover/,
    ],
  ];
  for (const [name, handover, fault] of REFUSED) {
    test(`FED-08 does not believe a handover ${name}`, async () => {
      const verdict = await trustAfter(TRUST, handover);
      assert.match(verdict.ok ? 'believed' : verdict.fault, fault);
    });
  }
});
