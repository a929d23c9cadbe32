import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { toCertifiedKeyDigest, toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import type { SignatureScheme } from '#libs/crypto/signature-scheme.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { type CertifiedKeys, NO_CERTIFIED_KEYS } from '#libs/protocol/resolve-claim.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { verificationBudget } from '#libs/replica/limits.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import { CERTIFYING_TABLE } from '#test/support/protocol/certifying-table.ts';
import { claimVerifier } from './claim-verifier.ts';

const SIZES = SCHEME_SIZES['slh-dsa-sha2-128f'];
const LIAR = toMemberIndex(1);
const HONEST = toMemberIndex(2);
const MEMBERS = ['a', 'b', 'c', 'd'].map((name, index) => ({
  name,
  publicKey: new Uint8Array(SIZES.publicKey).fill(index),
  weight: 1n,
}));

const KEY = toCertifiedKeyDigest('ab'.repeat(32));
const KNOWN: CertifiedKeys = {
  find: () => ({ scheme: 'slh-dsa-sha2-128f', publicKey: new Uint8Array(SIZES.publicKey).fill(77) }),
};

function fixture({
  inFlightMax = 4,
  table = HOTSTUFF_TABLE,
  certified = NO_CERTIFIED_KEYS,
}: {
  inFlightMax?: number;
  table?: VoteTable;
  certified?: CertifiedKeys;
} = {}) {
  let verifications = 0;
  const keys: number[] = [];
  const scheme: SignatureScheme = {
    name: 'slh-dsa-sha2-128f',
    backend: 'native',
    sizes: SIZES,
    generate: () => assert.fail(),
    keyPairFromSeed: () => assert.fail(),
    loadKey: () => assert.fail(),
    sign: () => assert.fail(),
    verify: async (publicKey, _message, signature) => {
      verifications += 1;
      keys.push(publicKey[0] ?? -1);
      await setImmediate();
      return signature[0] === 1;
    },
  };
  const log = memoryLogger();
  const guard = new PeerGuard({ members: MEMBERS.length, votes: HOTSTUFF_TABLE }, () => 1_000);
  const scope = { chain: toDigest('c'.repeat(64)), protocol: 'hotstuff', epoch: toEpoch(0n) };
  const set = validatorSet(toEpoch(0n), MEMBERS);
  const muted: number[] = [];
  const verifier = claimVerifier({
    verifier: new BatchVerifier({ schemes: [scheme], inFlightMax }),
    context: { set, scope, scheme: scheme.name, table, certified },
    guard,
    onMuted: (member) => muted.push(member),
    log,
  });
  const answerTo = (claims: readonly Claim[], from?: typeof LIAR) =>
    new Promise((resolve) => {
      const done = (ok: boolean, cause?: string) => resolve(cause ?? ok);
      if (from === undefined) verifier.verify(claims, done);
      else verifier.verify(claims, done, from);
    });
  return { verifier, answerTo, guard, muted, count: () => verifications, keys };
}

function claim(number: number, isTrue: boolean): Claim {
  const signature = new Uint8Array(SIZES.signature).fill(isTrue ? 1 : 0, 0, 1);
  const digest = toDigest('d'.repeat(64));
  const statement = blockStatement('prepare', toView(BigInt(number)), { height: toHeight(1n), digest });
  return { member: HONEST, statement, signature };
}

describe('claimVerifier', () => {
  test('tells a false signature from what was not judged', async () => {
    const { answerTo, guard } = fixture();
    assert.equal(await answerTo([claim(1, true)], HONEST), true);
    assert.equal(await answerTo([claim(2, false)], LIAR), false);
    while (guard.take(LIAR));
    assert.equal(await answerTo([claim(3, true)], LIAR), 'overloaded');
  });

  test('F-65: FORGED_QC needs to know whose signature is false: it says which claim, also of somebody unknown', async () => {
    const { verifier } = fixture();
    const falseOf = (claims: readonly Claim[]) =>
      new Promise<Claim | undefined>((resolve) => {
        verifier.verify(claims, (_ok, _cause, falseClaim) => resolve(falseClaim), LIAR);
      });
    const [one, lie, other] = [claim(1, true), claim(2, false), claim(3, true)];
    assert.equal(await falseOf([one, lie, other]), lie);
    const stranger = { ...claim(4, true), member: toMemberIndex(99) };
    assert.equal(await falseOf([one, stranger]), stranger);
    assert.equal(await falseOf([one, other]), undefined);
  });

  test('BYZ-15: refuses a member over its budget before it verifies anything', async () => {
    const { answerTo, count } = fixture();
    const { burst } = verificationBudget({ members: MEMBERS.length, votes: HOTSTUFF_TABLE });
    const answers: unknown[] = [];
    for (let number = 0; number < burst + 50; number++)
      answers.push(await answerTo([claim(number, true)], LIAR));
    assert.equal(answers.filter((answer) => answer === 'overloaded').length, 50);
    assert.equal(count(), burst);
    assert.equal(await answerTo([claim(9_999, true)], HONEST), true);
  });

  test('HS-56: a flood of false signatures costs eight verifications, and is told once', async () => {
    const { answerTo, guard, muted, count } = fixture();
    for (let number = 0; number < 100; number++) await answerTo([claim(number, false)], LIAR);
    assert.equal(count(), 8);
    assert.equal(guard.isMuted(LIAR), true);
    assert.deepEqual(muted, [LIAR]);
    assert.equal(await answerTo([claim(1, true)], HONEST), true);
  });

  test('charges nobody for what is known to be true already', async () => {
    const { answerTo, guard } = fixture();
    await answerTo([claim(1, true)], HONEST);
    while (guard.take(LIAR));
    assert.equal(await answerTo([claim(1, true)], LIAR), true);
  });

  test('blames nobody for what this member asked for itself', async () => {
    const { answerTo, guard } = fixture();
    for (let number = 0; number < 100; number++) assert.equal(await answerTo([claim(number, false)]), false);
    for (const { name } of MEMBERS)
      assert.equal(guard.isMuted(toMemberIndex(name.charCodeAt(0) - 97)), false);
  });

  test('F-01: junk votes of clients hold up neither this member nor others, and no member is blamed', async () => {
    const { verifier, answerTo, guard, muted, count } = fixture({ inFlightMax: 1 });
    const change = { chain: toDigest('c'.repeat(64)), epoch: toEpoch(0n), leave: [], join: [] };
    const answers = Array.from({ length: 2_000 }, (_, number) => {
      const signature = new Uint8Array(SIZES.signature);
      new DataView(signature.buffer).setUint32(1, number);
      const digest = toDigest('d'.repeat(64));
      const vote = { change, digest, goodUntil: toHeight(9n), member: HONEST, signature };
      return new Promise<string | undefined>((resolve) => {
        verifier.verifyVotes([vote], (_ok, cause) => resolve(cause), 'client');
      });
    });
    assert.equal(await answerTo([claim(1, true)]), true);
    assert.equal(await answerTo([claim(2, true)], LIAR), true);
    assert.ok(count() < 10, `${count()} verifications before`);
    assert.ok((await Promise.all(answers)).includes('overloaded'), 'their line is bounded');
    assert.deepEqual([muted, guard.isMuted(HONEST)], [[], false]);
  });

  test('refuses a claim by another key than its kind takes unverified, and blames who brings it', async () => {
    const { answerTo, guard, muted, count } = fixture({ certified: KNOWN });
    for (let number = 0; number < 7; number++)
      assert.equal(await answerTo([claim(1, true), { ...claim(2, true), key: KEY }], LIAR), false);
    assert.deepEqual(muted, []);
    assert.equal(await answerTo([{ ...claim(3, true), key: KEY }], LIAR), false);
    assert.deepEqual([muted, guard.isMuted(HONEST), count()], [[LIAR], false, 0]);
  });

  test('uses no claim by a key that it cannot resolve, and blames nobody, however many there are', async () => {
    const { answerTo, guard, muted, count } = fixture({ table: CERTIFYING_TABLE });
    for (let number = 0; number < 100; number++) {
      const claims = [claim(number, true), { ...claim(number, false), key: KEY }];
      assert.equal(await answerTo(claims, LIAR), 'unresolved');
      assert.equal(await answerTo(claims), 'unresolved');
    }
    assert.deepEqual([muted, guard.isMuted(LIAR), count()], [[], false, 0]);
    const { burst } = verificationBudget({ members: MEMBERS.length, votes: HOTSTUFF_TABLE });
    for (let number = 0; number < burst; number++) assert.ok(guard.take(LIAR), 'the budget is whole');
  });

  test('calls what is false false, also beside a claim that it cannot resolve', async () => {
    const { answerTo } = fixture({ table: CERTIFYING_TABLE });
    const unknown = { ...claim(1, true), key: KEY };
    const stranger = { ...claim(2, true), member: toMemberIndex(9) };
    assert.equal(await answerTo([unknown, stranger], LIAR), false);
  });

  test('verifies a claim by a key that it knows, with that key', async () => {
    const { answerTo, keys } = fixture({ table: CERTIFYING_TABLE, certified: KNOWN });
    assert.equal(await answerTo([{ ...claim(1, true), key: KEY }], HONEST), true);
    assert.equal(await answerTo([{ ...claim(2, false), key: KEY }], LIAR), false);
    assert.equal(await answerTo([claim(1, true)], HONEST), true);
    assert.deepEqual(keys, [77, 77, 2]);
  });

  test('uses no claim of a scheme that it does not have, and blames nobody', async () => {
    const scheme = 'of-tomorrow';
    const certified = { find: () => ({ scheme, publicKey: new Uint8Array(SIZES.publicKey) }) };
    const { answerTo, muted, guard } = fixture({ table: CERTIFYING_TABLE, certified });
    for (let number = 0; number < 20; number++)
      assert.equal(await answerTo([{ ...claim(number, true), key: KEY }], LIAR), 'unresolved');
    assert.deepEqual([muted, guard.isMuted(LIAR)], [[], false]);
  });

  test('refuses a claim of nobody in the set', async () => {
    const { answerTo, count } = fixture();
    const stranger = { ...claim(1, true), member: toMemberIndex(9) };
    assert.equal(await answerTo([stranger], LIAR), false);
    assert.equal(count(), 0);
  });
});
