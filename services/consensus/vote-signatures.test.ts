import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Vote } from '#libs/protocol/hotstuff/message.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { NO_CERTIFIED_KEYS } from '#libs/protocol/resolve-claim.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { SigningScope, VoteStatement } from '#libs/protocol/vote/statement.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import { blockUpon, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { FIRST_LEADER, leadingReplica } from '#test/support/consensus/leading-replica.ts';
import { voteOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import { claimVerifier } from './adapters/claim-verifier.ts';

const SCHEME = schemeByName('slh-dsa-sha2-128f');
const SCOPE: SigningScope = { chain: toDigest('c4'.repeat(32)), protocol: 'hotstuff', epoch: toEpoch(0n) };
const BLOCK = blockUpon(GENESIS, 1).block;
const VOTER = toMemberIndex(2);
const HOUR_MS = 3_600_000;

/** A leader of four with real keys, which verifies as a node does. */
async function leaderOfFour() {
  const keys = await Promise.all(Array.from({ length: 4 }, () => SCHEME.generate()));
  const members = keys.map(({ publicKey }, index) => ({ name: `m${index}`, publicKey, weight: 1n }));
  const set = validatorSet(toEpoch(0n), members);
  const sign = (member: number, statement: VoteStatement, scope = SCOPE): Promise<Uint8Array> =>
    SCHEME.sign(keys[member]!.secretKey, signingBytes(scope, statement));
  const certificates: QuorumCertificate[] = [];
  // Time enough between two lies that the voter is never muted for them.
  let nowMs = 0;
  const said: string[] = [];
  let news = Promise.withResolvers<void>();
  const tell = (text: string): void => {
    said.push(text);
    news.resolve();
  };
  const next = async (): Promise<string> => {
    for (;;) {
      const text = said.shift();
      if (text !== undefined) return text;
      news = Promise.withResolvers();
      await news.promise;
    }
  };
  const leader = leadingReplica({
    set,
    scope: SCOPE,
    genesis: GENESIS.block.digest,
    block: BLOCK,
    store: { putRecord: () => {}, flush: () => {} },
    signer: {
      sign: (statement, _grounds, done) => {
        void sign(FIRST_LEADER, statement).then((signature) => {
          done({ kind: 'signed', signature });
          tell(`signed ${statement.kind}`);
        });
      },
    },
    verifier: claimVerifier({
      verifier: new BatchVerifier({ schemes: [SCHEME] }),
      context: {
        ...{ set, scope: SCOPE, scheme: SCHEME.name },
        ...{ table: HOTSTUFF_TABLE, certified: NO_CERTIFIED_KEYS },
      },
      guard: new PeerGuard({ members: 4, votes: HOTSTUFF_TABLE }, () => (nowMs += HOUR_MS)),
      onMuted: () => assert.fail('muted'),
      log: memoryLogger(),
    }),
    commit: () => assert.fail('nothing is decided here'),
    send: (message) => {
      if (message.kind === 'certificate') certificates.push(message.certificate);
    },
    refused: (from, cause) => tell(`refused ${from} ${cause}`),
  });
  assert.deepEqual([await next(), await next()].sort(), ['signed prepare', 'signed proposal']);
  const offer = (vote: Vote): Promise<string> => {
    leader.receive(vote.member, vote);
    return next();
  };
  return { sign, offer, certificates, leader };
}

test('F-62: A5-12 a vote without its signature, or with that of another key or statement, is refused and counts for nothing', async () => {
  const { sign, offer, certificates, leader } = await leaderOfFour();
  const vote = voteOf(VOTER, 'prepare', BLOCK);
  const { view, height, digest } = vote;
  const statement = blockStatement('prepare', view, { height, digest });
  const good = await sign(VOTER, statement);
  const flipped = Uint8Array.from(good);
  flipped[flipped.length - 1]! ^= 1;
  const elsewhere = { ...SCOPE, chain: toDigest('d4'.repeat(32)) };
  const refused: readonly (readonly [string, Uint8Array])[] = [
    ['none', new Uint8Array()],
    ['zeros', new Uint8Array(good.length)],
    ['cut', good.subarray(1)],
    ['one bit flipped', flipped],
    ['of another member', await sign(3, statement)],
    ['of another phase', await sign(VOTER, { ...statement, kind: 'commit' })],
    ['of another view', await sign(VOTER, { ...statement, view: toView(2n) })],
    ['of another height', await sign(VOTER, { ...statement, block: { height: toHeight(2n), digest } })],
    [
      'of another block',
      await sign(VOTER, { ...statement, block: { height, digest: toDigest('ab'.repeat(32)) } }),
    ],
    ['of another chain', await sign(VOTER, statement, elsewhere)],
    ['of another epoch', await sign(VOTER, statement, { ...SCOPE, epoch: toEpoch(1n) })],
  ];
  // The leader and member 3 have voted: one vote more makes the certificate.
  leader.receive(toMemberIndex(3), { ...voteOf(3, 'prepare', BLOCK), signature: await sign(3, statement) });
  for (const [name, signature] of refused) {
    assert.equal(await offer({ ...vote, signature }), 'refused 2 bad-signature', name);
    assert.equal(certificates.length, 0, name);
  }
  assert.equal(await offer({ ...vote, signature: good }), 'signed pre-commit');
  const [certificate] = certificates;
  assert.deepEqual(
    certificate?.signatures.map(({ member }) => member),
    [1, 2, 3],
  );
  assert.deepEqual(certificate.signatures[1]?.signature, good);
});
