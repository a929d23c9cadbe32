import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toDigest, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { genesisCertificate, genesisRoot } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { CONTROL_VALUE_BYTES_MAX } from '#libs/protocol/limits.ts';
import type { Effect, Input, ProtocolModule, TimerMoment } from '#libs/protocol/module.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { Replica } from '#libs/replica/replica.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { PacedTimers } from './paced-timers.ts';

const BASE_MS = 1_000;
const LONGEST_MS = 8_000;
const DAY_MS = 86_400_000;
const ROUND = 'round';
const TIMING = { viewTimeoutMs: BASE_MS, viewTimeoutMsMax: LONGEST_MS };
const SET = validatorSet(toEpoch(0n), [{ name: 'a', publicKey: Uint8Array.of(1), weight: 1n }]);

/** A protocol that does what its operator says; its state is its view. */
type WordedEffect = Effect<never, never>;
const WORDS: Readonly<Record<string, (value: string, view: bigint) => readonly WordedEffect[]>> = {
  after: (value, view) => [timer({ afterMs: Number(value) }, view)],
  at: (value, view) => [timer({ atMs: BigInt(value) }, view)],
  extend: (value) => [{ kind: 'extend-timer', name: ROUND, byMs: Number(value) }],
  cancel: () => [{ kind: 'cancel-timer', name: ROUND }],
  leave: () => [],
};

function timer(moment: TimerMoment, view: bigint): WordedEffect {
  return { kind: 'set-timer', name: ROUND, position: positionOf(view), ...moment };
}

const positionOf = (view: bigint) => ({ instance: 7n, view: toView(view) });

/** The replica of production and the paced timers of the engine, over a clock of the test. */
class WordedMember {
  steadyMs = 0;
  /** Of the time of day against the steady clock. */
  offsetMs = DAY_MS;
  readonly inputs: Input<never>[] = [];
  /** The views whose timer was heard, each with the time since the start. */
  readonly heard: (readonly [bigint, number])[] = [];
  readonly halts: string[] = [];
  readonly replica: Replica<bigint, never, never>;
  readonly #alarms = new Map<string, { readonly dueMs: number; readonly fire: () => void }>();

  constructor() {
    const alarms = {
      set: (name: string, delayMs: number, fire: () => void) =>
        void this.#alarms.set(name, { dueMs: this.steadyMs + delayMs, fire }),
      cancel: (name: string) => void this.#alarms.delete(name),
    };
    const nowMs = (): number => this.nowMs;
    const timers = new PacedTimers(
      alarms,
      { timing: TIMING, leave: [ROUND] },
      { nowMs, steadyMs: () => this.steadyMs },
    );
    const no = () => assert.fail('not asked for');
    this.replica = new Replica(this.#module(), CONTEXT, {
      timers,
      store: { putRecord: no, flush: () => {} },
      signer: { sign: no },
      verifier: { verify: no },
      transport: { send: no },
      blocks: { build: no, check: no, fetch: no, commit: no },
      monitor: {
        ...{ entered: no, failed: no, refused: no, signatureRefused: no },
        halted: (cause) => void this.halts.push(String(cause)),
      },
    });
  }

  get nowMs(): number {
    return this.steadyMs + this.offsetMs;
  }

  say(name: string, value: number | string = ''): string | undefined {
    return this.replica.control({ name, value: `${value}` });
  }

  pass(ms: number): void {
    const endMs = this.steadyMs + ms;
    for (;;) {
      const [next] = [...this.#alarms].filter(([, { dueMs }]) => dueMs <= endMs);
      if (next === undefined) break;
      const [name, { dueMs, fire }] = next;
      this.#alarms.delete(name);
      this.steadyMs = Math.max(this.steadyMs, dueMs);
      fire();
    }
    this.steadyMs = endMs;
  }

  #module(): ProtocolModule<bigint, never, never> {
    return {
      id: 'worded',
      votes: HOTSTUFF_TABLE,
      follows: () => undefined,
      controls: Object.keys(WORDS),
      init: () => ({ state: 0n, effects: [] }),
      step: (view, input) => {
        this.inputs.push(input);
        if (input.kind === 'timer') this.heard.push([input.position.view, this.steadyMs]);
        if (input.kind !== 'control') return { state: view, effects: [] };
        const { name, value } = input;
        return { state: name === 'leave' ? view + 1n : view, effects: WORDS[name]?.(value, view) ?? [] };
      },
      admit: () => ({ ok: false, cause: 'malformed' }),
      claims: () => [],
      ownClaim: () => undefined,
      proposed: () => undefined,
      reported: () => undefined,
      decision: () => assert.fail('it has no messages'),
      votePath: () => 'leader',
      snapshot: (view) => ({
        ...{ position: positionOf(view), leader: toMemberIndex(0), phase: '' },
        ...{ votePath: 'leader' as const, certified: [], timedOutViews: 0n },
        tally: () => assert.fail('it has no votes'),
      }),
    };
  }
}

const CONTEXT = {
  ...{
    me: toMemberIndex(0),
    set: SET,
    table: HOTSTUFF_TABLE,
    timing: TIMING,
    parameters: {},
    restored: undefined,
  },
  scope: { chain: toDigest('c'.repeat(64)), protocol: 'worded', epoch: toEpoch(0n) },
  root: genesisRoot(GENESIS.digest),
  leader: () => toMemberIndex(0),
  tip: genesisCertificate(HOTSTUFF_TABLE, 'commit', GENESIS.digest),
};

/** A member to which these words were said, one after the other, some milliseconds apart. */
function told(...said: readonly (readonly [word: string, value: number | string, thenMs?: number])[]) {
  const member = new WordedMember();
  for (const [word, value, thenMs = 0] of said) {
    member.say(word, value);
    member.pass(thenMs);
  }
  return member;
}

describe('a timer of a protocol, through the replica and the paced timers', () => {
  test('fires once, after a time, or at a time of day', () => {
    assert.deepEqual(told(['after', 300, DAY_MS]).heard, [[0n, 300]]);
    assert.deepEqual(told(['at', DAY_MS + 300, DAY_MS]).heard, [[0n, 300]]);
  });

  test('at a time of day that is past fires at once, and once', () => {
    for (const at of [0, DAY_MS - 1, DAY_MS]) assert.deepEqual(told(['at', at, DAY_MS]).heard, [[0n, 0]]);
  });

  test('at a time of day waits for no clock that is years off', () => {
    assert.deepEqual(told(['at', 1_000 * DAY_MS, DAY_MS]).heard, [[0n, LONGEST_MS]]);
    assert.deepEqual(told(['at', `${2n ** 64n}`, DAY_MS]).heard, [[0n, LONGEST_MS]]);
  });

  test('that is set anew replaces the one before, whichever comes first', () => {
    assert.deepEqual(told(['after', 300, 100], ['after', 500, DAY_MS]).heard, [[0n, 600]]);
    assert.deepEqual(told(['after', 500, 100], ['at', DAY_MS + 200, DAY_MS]).heard, [[0n, 200]]);
    assert.deepEqual(told(['at', DAY_MS + 200, 100], ['after', 500, DAY_MS]).heard, [[0n, 600]]);
  });

  test('that is moved later fires then, and never earlier', () => {
    assert.deepEqual(told(['after', 300, 200], ['extend', 250, DAY_MS]).heard, [[0n, 550]]);
    assert.deepEqual(told(['at', DAY_MS + 300, 200], ['extend', 250, DAY_MS]).heard, [[0n, 550]]);
    assert.deepEqual(told(['after', 300, 200], ['extend', 0, DAY_MS]).heard, [[0n, 300]]);
  });

  test('that does not run is not moved: never set, fired, or cancelled', () => {
    assert.deepEqual(told(['extend', 250, DAY_MS]).heard, []);
    assert.deepEqual(told(['after', 100, 200], ['extend', 250, DAY_MS]).heard, [[0n, 100]]);
    assert.deepEqual(told(['after', 300, 100], ['cancel', ''], ['extend', 250, DAY_MS]).heard, []);
  });

  test('is not heard by a view that came after its own', () => {
    assert.deepEqual(told(['after', 300], ['leave', '', DAY_MS]).heard, []);
    assert.deepEqual(told(['after', 300], ['leave', ''], ['after', 400, DAY_MS]).heard, [[1n, 400]]);
  });

  test('waits no longer than the longest wait, however often it is moved and however the time of day jumps', () => {
    const move = fc.record({
      byMs: fc.nat(2 * LONGEST_MS),
      thenMs: fc.nat(LONGEST_MS / 4),
      jumpMs: fc.integer({ min: -DAY_MS, max: DAY_MS }),
    });
    fc.assert(
      fc.property(fc.boolean(), fc.array(move, { maxLength: 20 }), (isAbsolute, moves) => {
        const member = isAbsolute ? told(['at', DAY_MS + 500]) : told(['after', 500]);
        for (const { byMs, thenMs, jumpMs } of moves) {
          member.offsetMs += jumpMs;
          member.say('extend', byMs);
          member.pass(thenMs);
        }
        member.pass(DAY_MS);
        const [first, ...others] = member.heard.map(([, atMs]) => atMs);
        assert.deepEqual(others, []);
        assert.ok(first !== undefined && first >= 500 && first <= LONGEST_MS, `${first} ms`);
      }),
    );
  });

  for (const [word, value] of [
    ['after', '-1'] as const,
    ['after', 'soon'] as const,
    ['extend', '-1'] as const,
  ]) {
    test(`halts the replica where its protocol says "${word} ${value}"`, () => {
      const member = told(['after', 300], [word, value]);
      assert.match(member.halts.join(), /timer round must be/);
      assert.match(member.say('leave') ?? '', /has halted; start the member again/);
    });
  }
});

describe('an input', () => {
  test('of the newest final block comes with its header, its digest and its certificate', () => {
    const member = new WordedMember();
    const { header, digest, transactions } = blockOn(GENESIS, 1);
    const certificate = genesisCertificate(HOTSTUFF_TABLE, 'commit', digest);
    const block = { header, digest, certificate, transactions };
    member.replica.final(block);
    assert.deepEqual(member.inputs, [{ kind: 'final', header, digest, certificate }]);
  });

  test('of the operator is a name that the protocol knows, and a short value; and anything else is refused', () => {
    const member = new WordedMember();
    assert.equal(member.say('leave', 'x'.repeat(CONTROL_VALUE_BYTES_MAX)), undefined);
    assert.match(
      member.say('leave', 'ö'.repeat(CONTROL_VALUE_BYTES_MAX)) ?? '',
      /has 512 bytes: shorten it to 256/,
    );
    assert.match(
      member.say('vote') ?? '',
      /unknown to the protocol, which has after, at, extend, cancel, leave/,
    );
    for (const name of ['', 'Leave', 'a b', '__proto__', 'x'.repeat(33)])
      assert.match(member.say(name) ?? '', /control name must be at most 32 characters/);
    assert.equal(member.inputs.length, 1);
  });
});
