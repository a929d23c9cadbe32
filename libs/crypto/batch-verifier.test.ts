import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { BatchVerifier } from './batch-verifier.ts';
import { VERIFY_WAITING_EACH_MAX } from './limits.ts';
import { SCHEME_SIZES, type SchemeName } from './parameter-sets.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import { claimKey, type SignatureClaim, VerifiedCache } from './verified-cache.ts';

const SIZES = SCHEME_SIZES['slh-dsa-sha2-128f'];

/** The first byte of a signature says whether it is true; how often and how much at once it was asked is counted. */
class CountingScheme implements SignatureScheme {
  readonly name: SchemeName = 'slh-dsa-sha2-128f';
  readonly backend = 'native';
  readonly sizes: SignatureScheme['sizes'] = SIZES;
  verifications = 0;
  atOnce = 0;
  atOnceMax = 0;

  generate = () => assert.fail();
  keyPairFromSeed = () => assert.fail();
  loadKey = () => assert.fail();
  sign = () => assert.fail();

  async verify(publicKey: Uint8Array, _message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    if (publicKey.length !== SIZES.publicKey) throw new Error('public key');
    this.verifications += 1;
    this.atOnce += 1;
    this.atOnceMax = Math.max(this.atOnceMax, this.atOnce);
    await setImmediate();
    this.atOnce -= 1;
    return signature[0] === 1;
  }
}

const LONG_SIZES = SCHEME_SIZES['slh-dsa-sha2-192f'];

class LongScheme extends CountingScheme implements SignatureScheme {
  override readonly name = 'slh-dsa-sha2-192f';
  override readonly sizes = LONG_SIZES;
}

function claim(number: number, isTrue = true): SignatureClaim {
  const signature = new Uint8Array(SIZES.signature);
  signature[0] = isTrue ? 1 : 0;
  const message = Buffer.from(`message ${number}`);
  return { scheme: 'slh-dsa-sha2-128f', publicKey: new Uint8Array(SIZES.publicKey), message, signature };
}

function claims(count: number): readonly SignatureClaim[] {
  return Array.from({ length: count }, (_, index) => claim(index));
}

describe('BatchVerifier', () => {
  test('verifies nothing twice, whoever asks', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme] });
    assert.deepEqual(await verifier.verifyAll(claims(5)), { kind: 'valid' });
    assert.deepEqual(await verifier.verifyAll(claims(8)), { kind: 'valid' });
    assert.equal(await verifier.verify(claim(3)), true);
    assert.equal(scheme.verifications, 8);
    assert.deepEqual(verifier.counts, { verified: 8, cached: 6, refused: 0 });
  });

  test('verifies once what two callers ask for at the same time', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: 4 });
    const asked = [
      verifier.verify(claim(1)),
      verifier.verify(claim(1)),
      verifier.verifyAll([claim(1), claim(1)]),
    ];
    await Promise.all(asked);
    assert.equal(scheme.verifications, 1);
  });

  test('verifies a false claim again: failures are not remembered', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme] });
    assert.equal(await verifier.verify(claim(1, false)), false);
    assert.equal(await verifier.verify(claim(1, false)), false);
    assert.equal(scheme.verifications, 2);
    assert.deepEqual(verifier.counts, { verified: 0, cached: 0, refused: 2 });
  });

  test('keeps to its bound, over all callers', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: 3 });
    const all = claims(30);
    await Promise.all([0, 10, 20].map((from) => verifier.verifyAll(all.slice(from, from + 10))));
    assert.equal(scheme.verifications, 30);
    assert.equal(scheme.atOnceMax, 3);
  });

  test('F-44: tells of each verification how long it waited for others, and of none that it remembers', async () => {
    const waits: number[] = [];
    const waited = (waitMs: number) => waits.push(waitMs);
    const verifier = new BatchVerifier({ schemes: [new CountingScheme()], inFlightMax: 1, waited });
    const all = claims(3);
    await Promise.all(all.map((each) => verifier.verify(each, { caller: each })));
    assert.equal(waits.length, 3);
    assert.ok((waits[2] ?? 0) >= (waits[0] ?? 0) && waits.every((waitMs) => waitMs >= 0), `${waits}`);
    await verifier.verifyAll(all);
    assert.equal(waits.length, 3);
  });

  test('stops at the first false claim and says which it was', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: 2 });
    const all = [...claims(3), claim(99, false), ...claims(50).slice(4)];
    assert.deepEqual(await verifier.verifyAll(all), { kind: 'invalid', index: 3 });
    assert.ok(scheme.verifications <= 6, `${scheme.verifications} verifications`);
  });

  test('does no work at all when a signature in the batch has a wrong size', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme] });
    const short = { ...claim(9), signature: new Uint8Array(3) };
    assert.deepEqual(await verifier.verifyAll([...claims(9), short]), { kind: 'invalid', index: 9 });
    assert.equal(scheme.verifications, 0);
  });

  test('charges the budget for work alone, and stops when it is used up', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: 1 });
    await verifier.verifyAll(claims(4));
    let left = 3;
    const budget = { take: () => left-- > 0 };
    const verdict = await verifier.verifyAll(claims(12), { budget });
    assert.deepEqual(verdict, { kind: 'unjudged', index: 7, cause: 'over-budget' });
    assert.equal(scheme.verifications, 7);
  });

  test('charges nobody who waits for the verification of another', async () => {
    const verifier = new BatchVerifier({ schemes: [new CountingScheme()] });
    const first = verifier.verify(claim(1));
    assert.equal(await verifier.verify(claim(1), { budget: { take: () => false } }), true);
    assert.equal(await first, true);
  });

  test('serves callers in turn: the flood of one does not hold up another', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: 1 });
    const flood = Array.from({ length: 200 }, (_, number) =>
      verifier.verify(claim(number, false), { caller: 'flood' }),
    );
    assert.equal(await verifier.verify(claim(1_000), { caller: 'honest' }), true);
    assert.ok(scheme.verifications <= 4, `${scheme.verifications} verifications before the honest one`);
    await Promise.all(flood);
  });

  for (const { cores, attackers } of [
    { cores: 4, attackers: 9 },
    { cores: 16, attackers: 3 },
  ]) {
    test(`A.44: ${attackers} members that fill their places on ${cores} cores take none of another, whose votes are judged after a turn of each`, async () => {
      const scheme = new CountingScheme();
      const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: cores });
      const stop = new AbortController();
      const { publicKey, signature } = claim(0);
      let made = 0;
      const junk = () => ({ ...claim(0), publicKey, signature, message: Buffer.from(`junk ${made++}`) });
      const flood = Array.from({ length: 32 * attackers }, (_, at) =>
        verifier.verifyAll(Array.from({ length: 50 }, junk), {
          caller: at % attackers,
          signal: stop.signal,
        }),
      );
      const before = scheme.verifications;
      const votes = Array.from({ length: 20 }, (_, voter) =>
        verifier.verifyAll([claim(voter)], { caller: `voter ${voter}` }),
      );
      for (const vote of votes) assert.deepEqual(await vote, { kind: 'valid' });
      assert.ok(scheme.verifications - before <= 20 + attackers + 2 * cores, 'the turns are fair');
      stop.abort();
      const causes = new Set(
        (await Promise.all(flood)).map((verdict) => 'cause' in verdict && verdict.cause),
      );
      assert.deepEqual([...causes], ['aborted'], 'nobody was refused');
    });
  }

  test('A.44: a member finds room for as many messages as may wait, and its vote is not held up by its certificates', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: 1 });
    const large = Array.from({ length: VERIFY_WAITING_EACH_MAX - 1 }, (_, at) =>
      verifier.verifyAll([claim(2 * at), claim(2 * at + 1), claim(2 * at + 1)], { caller: 'one' }),
    );
    const vote = verifier.verifyAll([claim(999)], { caller: 'one' });
    const more = verifier.verifyAll([claim(1_000)], { caller: 'one' });
    assert.deepEqual(await more, { kind: 'unjudged', index: 0, cause: 'overloaded' });
    assert.deepEqual(await vote, { kind: 'valid' });
    assert.ok(scheme.verifications <= VERIFY_WAITING_EACH_MAX + 2, `${scheme.verifications} before it`);
    assert.ok((await Promise.all(large)).every(({ kind }) => kind === 'valid'));
    assert.equal(scheme.verifications, 2 * (VERIFY_WAITING_EACH_MAX - 1) + 1);
  });

  test('judges a claim for whoever has its turn first, not when the caller has it that asked first', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: 1 });
    const copies = [...claims(40), claim(77)].map((each) => verifier.verify(each, { caller: 'hoarder' }));
    assert.equal(await verifier.verify(claim(77), { caller: 'voter' }), true);
    assert.ok(scheme.verifications <= 4, `${scheme.verifications} verifications before the vote`);
    await Promise.all(copies);
    assert.equal(scheme.verifications, 41);
  });

  test('blames nobody when it is overloaded or told to stop', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: 1, waitingEachMax: 0 });
    const first = verifier.verify(claim(1));
    assert.deepEqual(await verifier.verifyAll([claim(2)]), {
      kind: 'unjudged',
      index: 0,
      cause: 'overloaded',
    });
    assert.equal(await first, true);
    const signal = AbortSignal.abort();
    assert.deepEqual(await verifier.verifyAll([claim(3)], { signal }), {
      kind: 'unjudged',
      index: 0,
      cause: 'aborted',
    });
    assert.equal(scheme.verifications, 1);
  });

  test('hands on a fault of the scheme, goes no further, and works afterwards', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: 2 });
    const faulty = { ...claim(0), publicKey: new Uint8Array(1) };
    await assert.rejects(verifier.verifyAll([faulty, ...claims(40)]), /public key/);
    assert.ok(scheme.verifications <= 3, `${scheme.verifications} verifications`);
    assert.equal(await verifier.verify(claim(77)), true);
  });

  test('verifies each claim by its own scheme, and by its size of a signature', async () => {
    const [one, other] = [new CountingScheme(), new LongScheme()];
    const verifier = new BatchVerifier({ schemes: [one, other], inFlightMax: 1 });
    const signature = new Uint8Array(LONG_SIZES.signature).fill(1, 0, 1);
    const long = { ...claim(5), scheme: 'slh-dsa-sha2-192f', signature };
    assert.deepEqual(await verifier.verifyAll([claim(4), long]), { kind: 'valid' });
    assert.deepEqual([one.verifications, other.verifications], [1, 1]);
    assert.deepEqual(await verifier.verifyAll([{ ...claim(6), scheme: long.scheme }]), {
      kind: 'invalid',
      index: 0,
    });
    assert.deepEqual([one.verifications, other.verifications], [1, 1]);
  });

  test('judges nothing of a scheme that it does not have, and calls nothing false for that', async () => {
    const scheme = new CountingScheme();
    const verifier = new BatchVerifier({ schemes: [scheme] });
    const foreign = { ...claim(2), scheme: 'slh-dsa-sha2-192f' };
    const verdict = await verifier.verifyAll([claim(1), foreign]);
    assert.deepEqual(verdict, { kind: 'unjudged', index: 1, cause: 'unknown-scheme' });
    assert.equal(scheme.verifications, 0);
    assert.equal(verifier.counts.refused, 0);
  });

  test('calls an empty batch valid', async () => {
    assert.deepEqual(await new BatchVerifier({ schemes: [new CountingScheme()] }).verifyAll([]), {
      kind: 'valid',
    });
  });
});

describe('VerifiedCache', () => {
  test('forgets what was not used for longest', () => {
    const cache = new VerifiedCache({ capacity: 2 });
    cache.add('a');
    cache.add('b');
    assert.ok(cache.has('a'));
    cache.add('c');
    assert.equal(cache.size, 2);
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => cache.has(key)),
      [true, false, true],
    );
  });

  test('refuses to be without bound', () => {
    assert.throws(() => new VerifiedCache({ capacity: 0 }), { name: 'AssertionError' });
    assert.throws(() => new VerifiedCache({ capacity: Number.POSITIVE_INFINITY }), {
      name: 'AssertionError',
    });
  });
});

describe('claimKey', () => {
  const base = {
    scheme: 'ab',
    publicKey: new Uint8Array([1, 2]),
    message: new Uint8Array([3]),
    signature: new Uint8Array([4]),
  };

  for (const [name, change] of [
    ['key', { publicKey: new Uint8Array([1, 3]) }],
    ['message', { message: new Uint8Array([4]) }],
    ['scheme', { scheme: 'ac' }],
    ['border to the scheme', { scheme: 'a', publicKey: Uint8Array.of(0x62, 1, 2) }],
    ['signature', { signature: new Uint8Array([5]) }],
    ['border', { publicKey: new Uint8Array([1]), message: new Uint8Array([2, 3]) }],
    ['other border', { message: new Uint8Array([3, 4]), signature: new Uint8Array() }],
  ] as const) {
    test(`is another for another ${name}`, () => {
      assert.notEqual(claimKey({ ...base, ...change }), claimKey(base));
    });
  }
});
