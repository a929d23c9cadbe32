import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type Digest, toCertifiedKeyDigest, toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { SigningKey } from '#libs/crypto/signature-scheme.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import type { CustodyRequest } from '#libs/custody/custody-context.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { SignDecision } from '#libs/custody/decision.ts';
import { changeDigest } from '#libs/membership/change.ts';
import { membershipSigningBytes } from '#libs/membership/vote.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { Slot } from '#libs/protocol/vote/slot.ts';
import { CHAIN, CONTEXT, VIRGIN } from '#test/support/signer/custody-world.ts';
import { lockedError } from '../key/vault-errors.ts';
import {
  AUDIT_START,
  type AuditEnd,
  type AuditEntry,
  type AuditRow,
  nextRow,
} from '../record/rules/audit-entry.ts';
import type { CustodyLedger } from '../record/rules/custody-ledger.ts';
import type { SignerError } from '../words/errors.ts';
import { SigningDesk } from './signing-desk.ts';

const A = toDigest('a'.repeat(64));
const B = toDigest('b'.repeat(64));

type Kind = 'prepare' | 'pre-commit' | 'commit';

function statementOf(view: bigint, digest: Digest, kind: Kind) {
  return blockStatement(kind, toView(view), { height: toHeight(1n), digest });
}

/** A PRE-COMMIT vote, for which all certificates are there. */
function request(view: bigint, digest = A, kind: Kind = 'pre-commit'): CustodyRequest {
  return {
    ...{ chain: CHAIN, epoch: toEpoch(0n), session: 0n, header: undefined, justifyView: undefined },
    statement: statementOf(view, digest, kind),
  };
}

/** Gives a view up, and reports the prepare certificate of an earlier one. */
function timeoutOf(view: bigint, high: bigint): CustodyRequest {
  const statement = timeoutStatement(toView(view), { view: toView(high), digest: A });
  return { ...request(view), statement: statement };
}

/** A custodian that has verified all certificates of views 1 to 9. */
function custodianOf(state: CustodyState = VIRGIN): Custodian {
  const custodian = new Custodian(CONTEXT, state);
  for (let view = 1n; view < 10n; view++) {
    for (const digest of [A, B]) {
      for (const kind of ['prepare', 'pre-commit'] as const) {
        custodian.facts.certified({ kind, instance: 0n, view: toView(view), height: 1n, digest });
      }
    }
  }
  return custodian;
}

/** Everything that happens, in order; signatures wait until they are released. */
class World implements CustodyLedger, SigningKey {
  readonly events: string[] = [];
  readonly publicKey = new Uint8Array();
  readonly rows = new Map<string, KeySignature | undefined>();
  readonly lost: unknown[] = [];
  /** The statements whose signatures were begun, in order. */
  readonly signing: Uint8Array[] = [];
  readonly #releases: (() => void)[] = [];
  isDiskBroken = false;
  isMirrorBroken = false;
  /** The events so far, each time that the record was tidied up. */
  readonly tidied: (readonly string[])[] = [];
  refusal: SignerError | undefined;
  #made = 0;

  readonly audit: AuditRow[] = [];

  state = (): CustodyState => assert.fail();
  signatureCount = (): bigint => assert.fail();
  startCount = (): bigint => assert.fail();
  close(): void {}

  record({ slot }: SignDecision, entry: AuditEntry): void {
    this.note(entry);
    this.events.push(`record ${slot.view}`);
    this.rows.set(`${slot.view}/${slot.kind}`, undefined);
  }

  tidy(): void {
    if (this.isMirrorBroken) throw new Error('disk full');
    this.tidied.push([...this.events]);
  }

  change(_next: CustodyState, entry: AuditEntry): void {
    this.note(entry);
    this.events.push('change');
  }

  readonly given = new Map<bigint, Digest>();
  readonly automatic = {
    membersMin: 3,
    given: (epoch: bigint) => this.given.get(epoch),
    earlierMember: () => undefined,
  };

  voteAutomatically({ epoch }: CustodyState, digest: Digest, entry: AuditEntry): void {
    this.note(entry);
    this.events.push('automatic');
    this.given.set(epoch, digest);
  }

  advance(_next: CustodyState, _epoch: unknown, entry: AuditEntry): void {
    this.note(entry);
  }

  adopt(_next: CustodyState, _adopted: unknown, entry: AuditEntry): void {
    this.note(entry);
  }

  note(entry: AuditEntry): void {
    if (this.isDiskBroken) throw new Error('disk full');
    this.audit.push(nextRow(this.auditEnd(), entry));
  }

  auditEnd(): AuditEnd {
    return this.audit.at(-1) ?? AUDIT_START;
  }

  auditStart() {
    return AUDIT_START;
  }

  durableAuditEnd() {
    return this.auditEnd();
  }

  auditRows(): readonly AuditRow[] {
    return this.audit;
  }

  storeSignature(slot: Slot, signed: KeySignature): void {
    if (this.isDiskBroken) throw new Error('disk full');
    this.events.push(`store ${slot.view}`);
    this.rows.set(`${slot.view}/${slot.kind}`, signed);
  }

  signatureIn(slot: Slot): KeySignature | undefined {
    return this.rows.get(`${slot.view}/${slot.kind}`);
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    this.events.push('sign');
    this.signing.push(message);
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
  { inFlightMax = 1, queueMax = 8, custodian = custodianOf() } = {},
): SigningDesk {
  return new SigningDesk({
    key: world,
    ledger: world,
    custodian,
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
      statementOf(1n, A, 'pre-commit'),
    );
    assert.deepEqual(signature, Buffer.concat([message, Buffer.from([1])]));
  });

  test('tidies the record up while a core makes the signature, neither before it begins nor after it left', async () => {
    const world = new World();
    const desk = deskOf(world);
    const replies = [desk.sign(request(1n)), desk.sign(request(2n))];
    assert.deepEqual(world.tidied, [['record 1', 'sign']], 'the second one waits for the core');
    await world.release();
    await replies[0];
    assert.deepEqual(world.tidied.at(-1), ['record 1', 'sign', 'record 2', 'sign']);
    await world.release();
    await replies[1];
    assert.equal(world.tidied.length, 2);
  });

  test('lets no signature out whose record could not be tidied up, and signs nothing more', async () => {
    const world = new World();
    const desk = deskOf(world);
    world.isMirrorBroken = true;
    const reply = desk.sign(request(1n));
    await assert.rejects(reply, { detail: { code: 'SIGNER_UNAVAILABLE' } });
    assert.equal(world.lost.length, 1);
    await world.release();
    assert.deepEqual(world.events, ['record 1', 'sign'], 'the signature is dropped');
    world.isMirrorBroken = false;
    for (const view of [1n, 2n]) {
      await assert.rejects(desk.sign(request(view)), { detail: { code: 'SIGNER_UNAVAILABLE' } });
    }
  });

  test('SIG-12 judges and records nothing while the key is locked, and goes on when it is unlocked', async () => {
    const world = new World();
    const desk = deskOf(world);
    world.refusal = lockedError();
    await assert.rejects(desk.sign(request(1n)), { detail: { code: 'SIGNER_LOCKED' } });
    assert.deepEqual([world.events, world.audit], [[], []]);
    world.refusal = undefined;
    const reply = desk.sign(request(1n));
    await world.release();
    assert.equal((await reply).isRepeated, false);
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

  test('repeats a stored signature with the key that made it', async () => {
    const world = new World();
    const desk = deskOf(world);
    const first = desk.sign(request(1n));
    await world.release();
    await first;
    const signed = { signature: Uint8Array.of(5), key: toCertifiedKeyDigest('ab'.repeat(32)) };
    for (const name of world.rows.keys()) world.rows.set(name, signed);
    assert.deepEqual(await desk.sign(request(1n)), { ...signed, isRepeated: true });
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
    const custodian = custodianOf();
    const crashed = new World();
    void deskOf(crashed, { custodian }).sign(request(1n));
    const world = new World();
    const desk = deskOf(world, { custodian: custodianOf(custodian.state) });
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
    ['SIGNER_STALE_SLOT', request(5n, A, 'prepare')],
    ['SIGNER_STALE_SLOT', request(4n)],
    ['SIGNER_WRONG_CHAIN', { ...request(6n), chain: B }],
    ['SIGNER_WRONG_EPOCH', { ...request(6n), epoch: toEpoch(1n) }],
    ['SIGNER_SESSION_FENCED', { ...request(6n), session: 7n }],
  ] as const) {
    test(`refuses by ${code}, takes no slot, and says so in the audit log`, async () => {
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
      assert.deepEqual(
        world.audit.map(({ outcome }) => outcome),
        ['SIGNED', code.slice('SIGNER_'.length)],
      );
    });
  }

  test('gives no stored signature when the audit log cannot be written: no audit, no signature', async () => {
    const world = new World();
    const desk = deskOf(world);
    const first = desk.sign(request(1n));
    await world.release();
    await first;
    world.isDiskBroken = true;
    await assert.rejects(desk.sign(request(1n)), { detail: { code: 'SIGNER_UNAVAILABLE' } });
    assert.equal(world.lost.length, 1);
  });

  test('refuses what it cannot queue before it takes the slot', async () => {
    const world = new World();
    const desk = deskOf(world, { queueMax: 2 });
    const replies = [1n, 2n, 3n].map((view) => desk.sign(request(view)));
    const timeout = () => desk.sign(timeoutOf(4n, 3n));
    await assert.rejects(timeout(), { detail: { code: 'SIGNER_OVERLOADED', waiting: 2 } });
    assert.ok(!world.events.includes('record 4'));
    for (let left = 3; left > 0; left--) await world.release();
    await Promise.all(replies);
    const later = desk.sign(request(4n, B));
    await world.release();
    assert.equal((await later).isRepeated, false);
  });

  test('however much waits, the newest vote waits for one signature at most, and finds a place in a full queue', async () => {
    const world = new World();
    const desk = deskOf(world, { queueMax: 4 });
    const change = { chain: CHAIN, epoch: toEpoch(0n), leave: ['m0'], join: [] };
    const wanted = { change, goodUntil: toHeight(9n), asker: 'operator' } as const;
    const flood: Promise<unknown>[] = [
      desk.sign(request(1n)),
      ...[1, 2].map(() => desk.signMembershipVote(wanted)),
      desk.sign(timeoutOf(1n, 1n)),
      desk.sign(timeoutOf(2n, 1n)),
    ].map((each: Promise<unknown>) => each.catch((error: SignerError) => error.detail.code));
    const signedBefore = world.signing.length;
    assert.equal(signedBefore, 1);
    const vote = desk.sign(request(3n));
    await world.release();
    // One signature was being made when the vote came; the next one that begins is the vote's.
    assert.equal(world.signing.length, signedBefore + 1);
    const scope = { chain: CHAIN, protocol: 'hotstuff', epoch: toEpoch(0n) };
    assert.deepEqual(world.signing.at(-1), signingBytes(scope, statementOf(3n, A, 'pre-commit')));
    await world.release();
    assert.equal((await vote).isRepeated, false);
    for (let left = 3; left > 0; left--) await world.release();
    const ends = await Promise.all(flood);
    // The least urgent gave its place to the vote.
    assert.equal(ends.filter((end: unknown) => end === 'SIGNER_OVERLOADED').length, 1);
  });

  test('what cannot be signed before its caller stops waiting is refused, and takes no slot', async () => {
    const world = new World();
    const desk = deskOf(world);
    const first = desk.sign(request(1n));
    await sleep(20);
    await world.release();
    await first;
    const running = desk.sign(request(2n), 1); // No request is before it: it is signed, however long that takes.
    const records = world.events.length;
    const late = (error: SignerError): boolean => {
      assert.equal(error.detail.code, 'SIGNER_DEADLINE');
      assert.match(
        error.message,
        /takes up to \d+ ms from now, and its caller waits 30 ms: nothing was recorded/,
      );
      return true;
    };
    await assert.rejects(desk.sign(request(3n), 30), late);
    assert.equal(world.events.length, records);
    const patient = desk.sign(request(3n), 60_000);
    await world.release();
    await world.release();
    const replies = await Promise.all([running, patient]);
    for (const { isRepeated } of replies) assert.equal(isRepeated, false);
    // Nobody waits for it any more.
    await assert.rejects(desk.sign(request(4n), 0), { detail: { code: 'SIGNER_DEADLINE', expectedMs: 0 } });
  });

  test('tells where the time of a signature went: wait, record, signature', async () => {
    const world = new World();
    const desk = deskOf(world);
    const first = desk.sign(request(1n));
    const second = desk.sign(request(2n));
    await sleep(20);
    await world.release();
    await sleep(20);
    await world.release();
    const [one, two] = await Promise.all([first, second]);
    assert.ok(one.timing && two.timing);
    assert.ok(one.timing.signMs >= 19 && one.timing.waitMs < two.timing.waitMs);
    assert.ok(two.timing.waitMs >= 19 && two.timing.signMs >= 19 && two.timing.recordMs >= 0);
    assert.equal((await desk.sign(request(2n))).timing, undefined);
  });

  test('a recorded statement that had to give its place is signed when it is asked for again', async () => {
    const world = new World();
    const desk = deskOf(world, { queueMax: 1 });
    const first = desk.sign(request(1n));
    const displaced = assert.rejects(desk.sign(request(2n)), {
      detail: { code: 'SIGNER_OVERLOADED', waiting: 1 },
    });
    const newest = desk.sign(request(3n));
    await displaced;
    await world.release();
    await world.release();
    await Promise.all([first, newest]);
    await assert.rejects(desk.sign(request(2n, B)), /another statement was already signed there/);
    const again = desk.sign(request(2n));
    await world.release();
    assert.equal((await again).isRepeated, false);
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
  const change = { chain: CHAIN, epoch: toEpoch(0n), leave: ['m0'], join: [] };
  const wanted = { change, goodUntil: toHeight(50n), asker: 'operator' } as const;

  test('FED-08 is signed for its chain, protocol, epoch and change, and takes no slot', async () => {
    const world = new World();
    const reply = deskOf(world).signMembershipVote(wanted);
    await world.release();
    const message = membershipSigningBytes('hotstuff', { ...wanted, digest: changeDigest(change) });
    assert.deepEqual(await reply, Buffer.concat([message, Buffer.from([1])]));
    assert.deepEqual(world.events, ['change', 'sign'], 'its audit row is on disk before');
  });

  test('FED-08 is not signed in quarantine, nor by a key that was retired', async () => {
    for (const mode of ['quarantined', 'retired'] as const) {
      const world = new World();
      const desk = deskOf(world, { custodian: custodianOf({ ...VIRGIN, mode }) });
      await assert.rejects(desk.signMembershipVote(wanted), (error: SignerError) => {
        assert.equal(error.detail.code, 'SIGNER_QUARANTINED');
        return true;
      });
      assert.deepEqual([world.events, world.audit.map(({ outcome }) => outcome)], [[], ['QUARANTINED']]);
    }
  });

  test('FED-08 leaves no row and no signature while its disk fails', async () => {
    const world = new World();
    const desk = deskOf(world);
    world.isDiskBroken = true;
    await assert.rejects(desk.signMembershipVote(wanted), { detail: { code: 'SIGNER_UNAVAILABLE' } });
    assert.deepEqual([world.events, world.lost.length], [[], 1]);
  });

  test('F-02: is signed for the epoch in force alone: no votes for epochs to come can be collected', async () => {
    for (const epoch of [1n, 7n, 5000n]) {
      const world = new World();
      const future = { ...wanted, change: { ...change, epoch: toEpoch(epoch) } };
      const refusal = deskOf(world)
        .signMembershipVote(future)
        .then(
          () => assert.fail('signed'),
          (error: SignerError) => error,
        );
      await world.release();
      assert.equal((await refusal).detail.code, 'SIGNER_WRONG_EPOCH');
      assert.match(
        (await refusal).message,
        /votes in epoch 0 alone, and consensus proves a later one to the signer with its first block/,
      );
      assert.deepEqual([world.events, world.audit.map(({ outcome }) => outcome)], [[], ['WRONG_EPOCH']]);
    }
  });

  test('F-02: is good for a time, counted from the height that was proved to the key and not from what it is told', async () => {
    const locked = { view: toView(3n), height: 1_000n, digest: A };
    const term = (state: CustodyState, goodUntil: bigint) => {
      const world = new World();
      const vote = { ...wanted, goodUntil: toHeight(goodUntil) };
      const code = deskOf(world, { custodian: custodianOf(state) })
        .signMembershipVote(vote)
        .then(() => 'signed')
        .catch((error: SignerError) => `${error.detail.code}: ${error.message}`);
      return world.release().then(() => code);
    };
    const refused =
      /^SIGNER_VOTE_TERM: .* knows of height (0|1000) by what was proved to it, and votes for heights from /;
    const known = { ...VIRGIN, lock: locked };
    assert.match(await term(VIRGIN, 0n), refused);
    assert.equal(await term(VIRGIN, 1n), 'signed');
    assert.equal(await term(VIRGIN, 604_800n), 'signed');
    assert.match(await term(VIRGIN, 604_801n), refused);
    assert.match(await term(known, 1_000n), refused);
    assert.equal(await term(known, 605_800n), 'signed');
    assert.match(await term(known, 605_801n), refused);
    const high = new Map([[0n, { ...locked, height: 2_000n }]]);
    assert.equal(await term({ ...known, high }, 606_800n), 'signed');
  });

  test('F-02: without a person is signed for one change of an epoch, which is recorded before', async () => {
    const world = new World();
    const desk = deskOf(world);
    const voted = desk.signMembershipVote({ ...wanted, asker: 'automatic' });
    await world.release();
    assert.ok((await voted).length > 0);
    assert.deepEqual(world.events, ['automatic', 'sign']);
    const later = desk.signMembershipVote({ change, goodUntil: toHeight(90n), asker: 'automatic' });
    await world.release();
    assert.ok((await later).length > 0, 'the same change, for another time');
    const other = { ...change, leave: ['m1'] };
    const code = (asker: 'automatic' | 'operator') =>
      desk
        .signMembershipVote({ ...wanted, change: other, asker })
        .then(() => 'signed')
        .catch((error: SignerError) => error.detail.code);
    assert.equal(await code('automatic'), 'SIGNER_VOTE_GIVEN');
    const operator = code('operator');
    await world.release();
    assert.equal(await operator, 'signed', 'a person may');
    assert.deepEqual(
      world.audit.map(({ outcome, kind }) => [outcome, kind]),
      [
        ['MEMBERSHIP_VOTE', 'membership-vote of automatic until 50'],
        ['MEMBERSHIP_VOTE', 'membership-vote of automatic until 90'],
        ['VOTE_GIVEN', 'membership-vote of automatic until 50'],
        ['MEMBERSHIP_VOTE', 'membership-vote of operator until 50'],
      ],
    );
    const future = { ...wanted, change: { ...change, epoch: toEpoch(1n) }, asker: 'automatic' } as const;
    await assert.rejects(desk.signMembershipVote(future), (error: SignerError) => {
      assert.equal(error.detail.code, 'SIGNER_WRONG_EPOCH');
      return true;
    });
  });

  test('F-02: is not signed by a key that the members of the epoch do not know', async () => {
    const custodian = new Custodian({ ...CONTEXT, me: undefined }, VIRGIN);
    const vote = deskOf(new World(), { custodian }).signMembershipVote(wanted);
    await assert.rejects(vote, {
      detail: {
        code: 'SIGNER_NOT_MEMBER',
        view: 0n,
        kind: 'membership-vote',
        signed: undefined,
        markView: undefined,
        provenView: 0n,
      },
    });
  });

  test('FED-01 is not signed for another chain, nor for an epoch that is over, and leaves a row each time', async () => {
    const world = new World();
    const desk = deskOf(world, { custodian: custodianOf({ ...VIRGIN, epoch: toEpoch(3n) }) });
    const refused = (part: Partial<typeof change>) =>
      desk.signMembershipVote({ ...wanted, change: { ...change, ...part } });
    const codeOf = (error: Error & { detail?: { code: string } }) => error.detail?.code ?? '';
    await assert.rejects(refused({}), (error: Error) => codeOf(error) === 'SIGNER_WRONG_EPOCH');
    const foreign = refused({ epoch: toEpoch(3n), chain: toDigest('f'.repeat(64)) });
    await assert.rejects(foreign, (error: Error) => codeOf(error) === 'SIGNER_WRONG_CHAIN');
    assert.deepEqual(
      world.audit.map(({ outcome }) => outcome),
      ['WRONG_EPOCH', 'WRONG_CHAIN'],
    );
    await desk.close();
    await assert.rejects(refused({ epoch: toEpoch(3n) }), { detail: { code: 'SIGNER_UNAVAILABLE' } });
  });
});
