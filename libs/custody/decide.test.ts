import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sha256Hex } from '../bytes/sha256.ts';
import { toDigest, toEpoch, toHeight, toView } from '../chain/ids.ts';
import { type Statement, signingBytes } from '../protocol/statement.ts';
import { REPEATABLE_VIEWS, restoredState, virginState } from './custody-state.ts';
import { SLOT_ORDER, type SlotKind } from './slot.ts';
import { SlotRegister } from './slot-register.ts';

const CHAIN = toDigest('c'.repeat(64));
const KINDS = Object.keys(SLOT_ORDER) as SlotKind[];
const A = toDigest('a'.repeat(64));
const B = toDigest('b'.repeat(64));
const epoch = toEpoch(0n);

function statement(kind: SlotKind, view: bigint, digest = A): Statement {
  if (kind === 'timeout') return { kind, view: toView(view), highView: toView(0n), highDigest: digest };
  return { kind, view: toView(view), height: toHeight(1n), digest };
}

/** A register that signed these, in order. */
function after(...statements: readonly Statement[]): SlotRegister {
  const register = SlotRegister.virgin(CHAIN, 'hotstuff');
  for (const each of statements) {
    const decision = register.decide(each, epoch);
    assert.equal(decision.kind, 'sign');
    if (decision.kind === 'sign') register.commit(decision);
  }
  return register;
}

function reasonOf(register: SlotRegister, wanted: Statement, inEpoch = epoch): string {
  const decision = register.decide(wanted, inEpoch);
  return decision.kind === 'refuse' ? decision.reason : decision.kind;
}

describe('decide', () => {
  test('lets a leader propose and then go through all phases of its view', () => {
    const register = after(...KINDS.map((kind) => statement(kind, 1n)));
    assert.deepEqual(register.mark, { epoch, view: 1n, kind: 'timeout' });
  });

  test('names the bytes to sign and their digest', () => {
    const decision = after().decide(statement('prepare', 3n), epoch);
    const message = signingBytes({ chain: CHAIN, protocol: 'hotstuff', epoch }, statement('prepare', 3n));
    assert.equal(decision.kind, 'sign');
    if (decision.kind !== 'sign') return;
    assert.deepEqual(decision.message, message);
    assert.equal(decision.digest, sha256Hex(message));
  });

  for (const kind of KINDS) {
    test(`repeats the same ${kind}, also once the view is over`, () => {
      const register = after(statement(kind, 5n), statement('timeout', 7n));
      assert.equal(reasonOf(register, statement(kind, 5n)), 'repeat');
    });

    test(`refuses a second ${kind} of one view`, () => {
      const register = after(statement(kind, 5n));
      assert.equal(reasonOf(register, statement(kind, 5n, B)), 'CONFLICTING_SLOT');
    });

    test(`refuses a new ${kind} of a view that was given up`, () => {
      const register = after(statement('timeout', 5n));
      const expected = kind === 'timeout' ? 'repeat' : 'STALE_SLOT';
      assert.equal(reasonOf(register, statement(kind, 5n)), expected);
      assert.equal(reasonOf(register, statement(kind, 4n)), 'STALE_SLOT');
    });
  }

  test('refuses an earlier phase than the one signed', () => {
    const register = after(statement('commit', 5n));
    for (const kind of ['proposal', 'prepare', 'pre-commit'] as const) {
      assert.equal(reasonOf(register, statement(kind, 5n)), 'STALE_SLOT');
    }
  });

  test('refuses the same block at another height in one slot', () => {
    const register = after(statement('prepare', 5n));
    const other = { ...statement('prepare', 5n), height: toHeight(2n) } as Statement;
    assert.equal(reasonOf(register, other), 'CONFLICTING_SLOT');
  });

  test('refuses a timeout that reports another certificate', () => {
    const register = after(statement('timeout', 5n));
    const other = { ...statement('timeout', 5n), highView: toView(4n) } as Statement;
    assert.equal(reasonOf(register, other), 'CONFLICTING_SLOT');
  });

  test('says what holds the slot and where the mark is', () => {
    const register = after(statement('prepare', 5n));
    const first = register.decide(statement('prepare', 5n), epoch);
    const second = register.decide(statement('prepare', 5n, B), epoch);
    assert.equal(second.kind, 'refuse');
    if (second.kind !== 'refuse' || first.kind !== 'repeat') return;
    assert.equal(second.facts.signed, first.digest);
    assert.notEqual(second.facts.wanted, first.digest);
    assert.deepEqual(second.facts.mark, { epoch, view: 5n, kind: 'prepare' });
  });

  test('refuses an epoch that is over, even for what was signed in it', () => {
    const register = after(statement('prepare', 5n));
    const next = register.decide(statement('prepare', 1n), toEpoch(1n));
    assert.equal(next.kind, 'sign');
    if (next.kind === 'sign') register.commit(next);
    assert.equal(reasonOf(register, statement('prepare', 5n)), 'WRONG_EPOCH');
    assert.equal(reasonOf(register, statement('prepare', 6n)), 'WRONG_EPOCH');
    assert.equal(reasonOf(register, statement('prepare', 1n), toEpoch(1n)), 'repeat');
  });

  test('does not mistake a view of the last epoch for one of this epoch', () => {
    const register = after(statement('prepare', 5n));
    const entered = register.decide(statement('prepare', 1n), toEpoch(1n));
    assert.ok(entered.kind === 'sign');
    register.commit(entered);
    assert.equal(reasonOf(register, statement('prepare', 5n, B), toEpoch(1n)), 'sign');
  });

  test('refuses the slot of the mark itself when what holds it was forgotten', () => {
    const mark = { epoch, view: toView(5n), kind: 'prepare' as const };
    const register = new SlotRegister(restoredState(virginState(CHAIN, 'hotstuff'), mark, []));
    assert.equal(reasonOf(register, statement('prepare', 5n)), 'STALE_SLOT');
    assert.equal(reasonOf(register, statement('pre-commit', 5n)), 'sign');
  });

  test('forgets old slots and refuses them by the mark', () => {
    const register = after(statement('prepare', 1n), statement('prepare', 1n + REPEATABLE_VIEWS));
    assert.equal(reasonOf(register, statement('prepare', 1n)), 'repeat');
    const later = register.decide(statement('prepare', 2n + REPEATABLE_VIEWS), epoch);
    if (later.kind === 'sign') register.commit(later);
    assert.equal(reasonOf(register, statement('prepare', 1n)), 'STALE_SLOT');
    assert.equal(reasonOf(register, statement('prepare', 1n, B)), 'STALE_SLOT');
  });
});

describe('SlotRegister', () => {
  test('changes nothing until a decision is committed', () => {
    const register = after();
    register.decide(statement('prepare', 1n), epoch);
    assert.equal(register.mark, undefined);
    assert.equal(reasonOf(register, statement('prepare', 1n, B)), 'sign');
  });

  test('refuses to commit a decision that another one overtook, or twice', () => {
    const register = after();
    const first = register.decide(statement('prepare', 1n), epoch);
    const second = register.decide(statement('prepare', 1n, B), epoch);
    assert.ok(first.kind === 'sign' && second.kind === 'sign');
    assert.throws(() => register.commit(first), { name: 'AssertionError' });
    register.commit(second);
    assert.throws(() => register.commit(second), { name: 'AssertionError' });
  });
});
