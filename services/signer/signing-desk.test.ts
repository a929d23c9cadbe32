import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { SigningKey } from '#libs/crypto/signature-scheme.ts';
import type { SignedSlot } from '#libs/custody/custody-state.ts';
import type { Slot, SlotKind } from '#libs/custody/slot.ts';
import { SlotRegister } from '#libs/custody/slot-register.ts';
import { changeDigest } from '#libs/membership/change.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import { signingBytes } from '#libs/protocol/statement.ts';
import type { LedgerContent, SlotLedger } from './ports.ts';
import { SigningDesk, type SigningRequest } from './signing-desk.ts';

const CHAIN = toDigest('c'.repeat(64));
const A = toDigest('a'.repeat(64));
const B = toDigest('b'.repeat(64));

function request(view: bigint, digest = A, kind: Exclude<SlotKind, 'timeout'> = 'prepare'): SigningRequest {
  const statement = { kind, view: toView(view), height: toHeight(1n), digest };
  return { scope: { chain: CHAIN, epoch: toEpoch(0n) }, statement };
}

/** Everything that happens, in order; signatures wait until they are released. */
class World implements SlotLedger, SigningKey {
  readonly events: string[] = [];
  readonly publicKey = new Uint8Array();
  readonly rows = new Map<string, Uint8Array | undefined>();
  readonly lost: unknown[] = [];
  readonly #releases: (() => void)[] = [];
  isDiskBroken = false;
  #made = 0;

  content = (): LedgerContent => assert.fail();
  signatureCount = (): bigint => assert.fail();
  close(): void {}

  record({ slot }: SignedSlot): void {
    if (this.isDiskBroken) throw new Error('disk full');
    this.events.push(`record ${slot.view}`);
    this.rows.set(`${slot.view}/${slot.kind}`, undefined);
  }

  storeSignature(slot: Slot, signature: Uint8Array): void {
    if (this.isDiskBroken) throw new Error('disk full');
    this.events.push(`store ${slot.view}`);
    this.rows.set(`${slot.view}/${slot.kind}`, signature);
  }

  signatureIn(slot: Slot): Uint8Array | undefined {
    return this.rows.get(`${slot.view}/${slot.kind}`);
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    this.events.push('sign');
    this.#made += 1;
    const made = this.#made;
    await new Promise<void>((resolve) => this.#releases.push(resolve));
    return Buffer.concat([message, Buffer.from([made])]);
  }

  /** Lets `count` signatures finish, oldest first. */
  async release(count = 1): Promise<void> {
    for (const finish of this.#releases.splice(0, count)) finish();
    await setImmediate();
  }
}

function deskOf(
  world: World,
  { inFlightMax = 1, queueMax = 8, register = SlotRegister.virgin(CHAIN, 'hotstuff') } = {},
): SigningDesk {
  return new SigningDesk({
    key: world,
    chain: CHAIN,
    ledger: world,
    register,
    inFlightMax,
    queueMax,
    onRecordLost: (cause) => world.lost.push(cause),
  });
}

describe('SigningDesk', () => {
  test('records, signs, stores and replies, in this order', async () => {
    const world = new World();
    const reply = deskOf(world).sign(request(1n));
    assert.deepEqual(world.events, ['record 1', 'sign']);
    await world.release();
    const { signature, isRepeated } = await reply;
    assert.deepEqual(world.events, ['record 1', 'sign', 'store 1']);
    assert.equal(isRepeated, false);
    const message = signingBytes(
      { chain: CHAIN, protocol: 'hotstuff', epoch: toEpoch(0n) },
      request(1n).statement,
    );
    assert.deepEqual(signature, Buffer.concat([message, Buffer.from([1])]));
  });

  test('records in the order of arrival, without waiting for signatures', async () => {
    const world = new World();
    const desk = deskOf(world);
    const replies = [1n, 2n, 3n].map((view) => desk.sign(request(view)));
    assert.deepEqual(world.events, ['record 1', 'sign', 'record 2', 'record 3']);
    for (let left = 3; left > 0; left--) await world.release();
    assert.equal((await Promise.all(replies)).length, 3);
  });

  test('makes no more signatures at once than it has cores', async () => {
    const world = new World();
    const desk = deskOf(world, { inFlightMax: 2 });
    const replies = [1n, 2n, 3n, 4n].map((view) => desk.sign(request(view)));
    assert.equal(world.events.filter((event) => event === 'sign').length, 2);
    await world.release(1);
    assert.equal(world.events.filter((event) => event === 'sign').length, 3);
    await world.release(2);
    await world.release(1);
    await Promise.all(replies);
  });

  test('gives a stored signature again, byte for byte, without signing', async () => {
    const world = new World();
    const desk = deskOf(world);
    const first = desk.sign(request(1n));
    await world.release();
    const again = await desk.sign(request(1n));
    assert.deepEqual(again, { signature: (await first).signature, isRepeated: true });
    assert.equal(world.events.filter((event) => event === 'sign').length, 1);
  });

  test('lets a repeat wait for the signature that is under way', async () => {
    const world = new World();
    const desk = deskOf(world);
    const replies = [desk.sign(request(1n)), desk.sign(request(1n))];
    await world.release();
    const [first, second] = await Promise.all(replies);
    assert.deepEqual(second, { signature: first?.signature, isRepeated: true });
    assert.deepEqual(world.events, ['record 1', 'sign', 'store 1']);
  });

  test('signs a recorded statement whose signature a crash lost, and nothing else in its slot', async () => {
    const register = SlotRegister.virgin(CHAIN, 'hotstuff');
    const crashed = new World();
    void deskOf(crashed, { register }).sign(request(1n));
    const world = new World();
    const desk = deskOf(world, { register });
    await assert.rejects(desk.sign(request(1n, B)), { name: 'SignerError' });
    const reply = desk.sign(request(1n));
    await world.release();
    assert.equal((await reply).isRepeated, false);
    assert.deepEqual(world.events, ['sign', 'store 1']);
  });

  test('signs again after a signature that failed', async () => {
    const world = new World();
    const desk = deskOf(world);
    const { sign } = world;
    world.sign = () => Promise.reject(new Error('no memory'));
    await assert.rejects(desk.sign(request(1n)), /no memory/);
    world.sign = sign;
    const reply = desk.sign(request(1n));
    await world.release();
    assert.equal((await reply).isRepeated, false);
  });

  for (const [code, refused] of [
    ['SIGNER_CONFLICTING_SLOT', request(5n, B)],
    ['SIGNER_STALE_SLOT', request(5n, A, 'proposal')],
    ['SIGNER_STALE_SLOT', request(4n)],
    ['SIGNER_WRONG_CHAIN', { ...request(6n), scope: { chain: B, epoch: toEpoch(0n) } }],
  ] as const) {
    test(`refuses by ${code} and records nothing`, async () => {
      const world = new World();
      const desk = deskOf(world);
      const first = desk.sign(request(5n));
      await world.release();
      await first;
      const before = [...world.events];
      await assert.rejects(
        desk.sign(refused),
        (error: Error & { detail?: { code: string } }) => error.detail?.code === code,
      );
      assert.deepEqual(world.events, before);
    });
  }

  test('refuses an epoch that is over', async () => {
    const world = new World();
    const desk = deskOf(world);
    const first = desk.sign({ ...request(5n), scope: { chain: CHAIN, epoch: toEpoch(2n) } });
    await world.release();
    await first;
    await assert.rejects(desk.sign(request(6n)), {
      detail: { code: 'SIGNER_WRONG_EPOCH', epoch: 0n, markEpoch: 2n },
    });
  });

  test('refuses what it cannot queue before it takes the slot', async () => {
    const world = new World();
    const desk = deskOf(world, { queueMax: 2 });
    const replies = [1n, 2n, 3n].map((view) => desk.sign(request(view)));
    await assert.rejects(desk.sign(request(4n)), { detail: { code: 'SIGNER_OVERLOADED', waiting: 2 } });
    assert.ok(!world.events.includes('record 4'));
    for (let left = 3; left > 0; left--) await world.release();
    await Promise.all(replies);
    const later = desk.sign(request(4n, B));
    await world.release();
    assert.equal((await later).isRepeated, false);
  });

  test('signs nothing any more once the record could not be written', async () => {
    const world = new World();
    const desk = deskOf(world);
    world.isDiskBroken = true;
    await assert.rejects(desk.sign(request(1n)), { detail: { code: 'SIGNER_UNAVAILABLE' } });
    assert.deepEqual(world.events, []);
    assert.match(String(world.lost[0]), /disk full/);
    world.isDiskBroken = false;
    await assert.rejects(desk.sign(request(2n)), { detail: { code: 'SIGNER_UNAVAILABLE' } });
  });

  test('releases no signature that it could not store', async () => {
    const world = new World();
    const reply = deskOf(world).sign(request(1n));
    world.isDiskBroken = true;
    const refused = assert.rejects(reply, { detail: { code: 'SIGNER_UNAVAILABLE' } });
    await world.release();
    await refused;
    assert.equal(world.lost.length, 1);
  });

  test('finishes what it is signing when it closes, and begins no other', async () => {
    const world = new World();
    const desk = deskOf(world);
    const reply = desk.sign(request(1n));
    const waiting = assert.rejects(desk.sign(request(2n)), { detail: { code: 'SIGNER_UNAVAILABLE' } });
    const closed = desk.close();
    await assert.rejects(desk.sign(request(3n)), { detail: { code: 'SIGNER_UNAVAILABLE' } });
    await world.release();
    await closed;
    await waiting;
    assert.ok((await reply).signature.length > 0);
    assert.deepEqual(world.events, ['record 1', 'sign', 'record 2', 'store 1']);
  });
});

describe('a vote for a change of the membership', () => {
  const change = { chain: CHAIN, epoch: toEpoch(2n), leave: ['m0'], join: [] };

  test('FED-08 is signed for its chain, protocol, epoch and change, and takes no slot', async () => {
    const world = new World();
    const reply = deskOf(world).signMembershipVote(change);
    await world.release();
    const message = membershipSigningBytes('hotstuff', change, changeDigest(change));
    assert.deepEqual(await reply, Buffer.concat([message, Buffer.from([1])]));
    assert.deepEqual(world.events, ['sign'], 'nothing is recorded');
  });

  test('FED-01 is not signed for another chain, nor for an epoch that is over', async () => {
    const world = new World();
    const register = SlotRegister.virgin(CHAIN, 'hotstuff');
    const desk = deskOf(world, { register });
    const { statement } = request(1n);
    const signed = desk.sign({ scope: { chain: CHAIN, epoch: toEpoch(3n) }, statement });
    await world.release();
    await signed;
    const refused = (part: Partial<typeof change>) => desk.signMembershipVote({ ...change, ...part });
    await assert.rejects(refused({}), { detail: { code: 'SIGNER_WRONG_EPOCH', epoch: 2n, markEpoch: 3n } });
    await assert.rejects(refused({ epoch: toEpoch(3n), chain: toDigest('f'.repeat(64)) }), /another chain/);
    await desk.close();
    await assert.rejects(refused({ epoch: toEpoch(3n) }), { detail: { code: 'SIGNER_UNAVAILABLE' } });
  });
});
