import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BlockDraft } from '#libs/chain/block-draft.ts';
import {
  type MemberIndex,
  toCertifiedKeyDigest,
  toDigest,
  toEpoch,
  toMemberIndex,
  toView,
  type View,
} from '#libs/chain/ids.ts';
import { genesisCertificate, genesisRoot } from '#libs/protocol/certificate.ts';
import { timeoutStatement, viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { Admission, Effect, Input, ProtocolContext, ProtocolModule } from '#libs/protocol/module.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CERTIFYING_TABLE } from '#test/support/protocol/certifying-table.ts';
import { PENDING_PER_MEMBER_MAX } from './limits.ts';
import type { ReplicaPorts, SignatureAnswer } from './ports.ts';
import { Replica } from './replica.ts';

type TestEffect = Effect<string, string>;

const BLOCK = blockOn(GENESIS, 1);
const CERTIFICATE = genesisCertificate(HOTSTUFF_TABLE, 'prepare', GENESIS.digest);
const DRAFT: BlockDraft = {
  mode: 'full',
  timestampMs: undefined,
  proposer: toMemberIndex(0),
  height: BLOCK.header.height,
  parent: GENESIS.digest,
};
const M1 = toMemberIndex(1);
const M2 = toMemberIndex(2);

const CONTEXT: ProtocolContext<string> = {
  me: toMemberIndex(0),
  set: validatorSet(toEpoch(0n), [{ name: 'a', publicKey: Uint8Array.of(1), weight: 1n }]),
  scope: { chain: toDigest('c'.repeat(64)), protocol: 'test', epoch: toEpoch(0n) },
  root: genesisRoot(GENESIS.digest),
  table: HOTSTUFF_TABLE,
  timing: { viewTimeoutMs: 1, viewTimeoutMsMax: 1 },
  parameters: {},
  leader: () => toMemberIndex(0),
  restored: undefined,
  tip: genesisCertificate(HOTSTUFF_TABLE, 'commit', GENESIS.digest),
};

function timeout(view: number): VoteStatement {
  return timeoutStatement(toView(BigInt(view)), { view: toView(0n), digest: GENESIS.digest });
}

/** A protocol that does what the test says: `once` plans effects, `admit` judges each message. */
class Bench {
  /** Everything that happened, in order. */
  readonly log: string[] = [];
  readonly inputs: Input<string>[] = [];
  readonly signatures: ((answer: SignatureAnswer) => void)[] = [];
  readonly verifications: ((ok: boolean) => void)[] = [];
  readonly timers = new Map<string, () => void>();
  readonly #planned = new Map<string, readonly TestEffect[]>();
  admit: (from: MemberIndex, message: string) => Admission = () => ({ ok: true });
  save: (record: string) => void = () => {};
  /** False: what a commit decides is final already, or its block is still to be fetched. */
  writesCommits = true;
  #owed: string | undefined;
  view = 1n as View;
  readonly replica: Replica<number, string, string>;

  constructor(table: VoteTable = HOTSTUFF_TABLE) {
    const module: ProtocolModule<number, string, string> = {
      id: 'test',
      votes: HOTSTUFF_TABLE,
      follows: () => undefined,
      controls: ['manual'],
      init: () => ({ state: 0, effects: [] }),
      step: (state, input) => {
        this.inputs.push(input);
        this.log.push(`input ${input.kind}`);
        return { state: state + 1, effects: this.#respond(input) };
      },
      admit: (_state, from, message) => this.admit(from, message),
      claims: () => [],
      ownClaim: () => undefined,
      proposed: () => undefined,
      reported: () => undefined,
      decision: ({ digest }) => digest,
      votePath: () => 'leader',
      snapshot: () => ({
        position: viewPosition(this.view),
        leader: toMemberIndex(0),
        phase: 'prepare',
        certified: [],
        votePath: 'leader',
        timedOutViews: 0n,
        tally: () => assert.fail('nobody asked for votes'),
      }),
    };
    this.replica = new Replica(module, { ...CONTEXT, table }, this.#ports());
  }

  #ports(): ReplicaPorts<string, string> {
    const { log } = this;
    return {
      store: {
        putRecord: (record) => {
          this.#owed = record;
        },
        flush: () => {
          if (this.#owed === undefined) return;
          this.save(this.#owed);
          log.push(`save ${this.#owed}`);
          this.#owed = undefined;
        },
      },
      signer: {
        sign: (statement, _grounds, done) => {
          log.push(`sign ${statement.view}`);
          this.signatures.push(done);
        },
      },
      verifier: { verify: (_claims, done) => void this.verifications.push(done) },
      transport: { send: (to, message) => void log.push(`send ${to} ${message}`) },
      timers: {
        set: (name, _moment, fire) => void this.timers.set(name, fire),
        extend: (name, byMs) => void log.push(`extend ${name} ${byMs}`),
        cancel: (name) => void this.timers.delete(name),
      },
      blocks: {
        build: (_view, _parent, done) => done(BLOCK),
        check: (_block, _from, done) => done(true),
        fetch: (_certificate, _from, done) => done(false, BLOCK.header.height),
        commit: () => {
          log.push(this.#owed === undefined || !this.writesCommits ? 'commit' : `commit with ${this.#owed}`);
          if (this.writesCommits) this.#owed = undefined;
        },
      },
      monitor: {
        entered: ({ view }) => void log.push(`view ${view}`),
        failed: ({ position, cause }) => void log.push(`view ${position.view} failed, ${cause}`),
        refused: (from, cause) => void log.push(`refused ${from} ${cause}`),
        signatureRefused: (statement, reason) =>
          void log.push(`signature refused ${statement.view} ${reason}`),
        halted: (cause) => void log.push(`halted ${String(cause)}`),
      },
    };
  }

  /** Effects of the next input of a kind. */
  once(kind: Input<string>['kind'], effects: readonly TestEffect[]): void {
    this.#planned.set(kind, effects);
  }

  #respond({ kind }: Input<string>): readonly TestEffect[] {
    const effects = this.#planned.get(kind) ?? [];
    this.#planned.delete(kind);
    return effects;
  }
}

function sign(record: string, view = 1): TestEffect {
  return { kind: 'sign', record, statement: timeout(view), grounds: {} };
}

const COMMIT: TestEffect = { kind: 'commit', certificate: CERTIFICATE, from: M1 };

function send(message: string): TestEffect {
  return { kind: 'transmit', to: 'all', message };
}

describe('effects', () => {
  test('are done in their order: a record is durable before its signature, and that before what follows', () => {
    const bench = new Bench();
    bench.once('start', [{ kind: 'persist', record: 'a' }, sign('b'), send('hello')]);
    bench.replica.start();
    assert.deepEqual(bench.log, ['input start', 'save b', 'sign 1', 'send all hello']);
  });

  test('of one step cost one save: a proposal and the own vote for it are signed upon the record that holds both', () => {
    const bench = new Bench();
    bench.once('start', [sign('proposed'), sign('proposed and voted', 2)]);
    bench.replica.start();
    assert.deepEqual(bench.log, ['input start', 'save proposed and voted', 'sign 1', 'sign 2']);
  });

  test('that nobody sees wait for no disk, and the next that others see waits for the newest record', () => {
    const bench = new Bench();
    bench.once('start', [
      { kind: 'persist', record: 'a' },
      { kind: 'entered', position: viewPosition(toView(2n)), leader: M1, cause: 'proof' },
      { kind: 'set-timer', name: 'view', position: viewPosition(toView(2n)), afterMs: 5 },
      { kind: 'check', block: BLOCK, from: M1 },
    ]);
    bench.once('checked', [{ kind: 'persist', record: 'b' }]);
    bench.replica.start();
    assert.deepEqual(bench.log, ['input start', 'view 2', 'input checked']);
    bench.once('peer', [send('hello'), send('again')]);
    bench.replica.peerConnected(M1);
    assert.deepEqual(bench.log.slice(3), ['input peer', 'save b', 'send all hello', 'send all again']);
  });

  test('after a commit cost no save of their own: the record is written with the blocks', () => {
    const bench = new Bench();
    bench.once('start', [COMMIT, { kind: 'persist', record: 'a' }, send('decided')]);
    bench.replica.start();
    assert.deepEqual(bench.log, ['input start', 'commit with a', 'send all decided', 'input work']);
  });

  test('wait for the record by itself where a commit writes nothing', () => {
    const bench = new Bench();
    bench.writesCommits = false;
    bench.once('start', [{ kind: 'persist', record: 'a' }, COMMIT, send('decided')]);
    bench.replica.start();
    assert.deepEqual(bench.log, ['input start', 'commit', 'save a', 'send all decided', 'input work']);
  });

  test('that answer at once wait until the effects before them are done', () => {
    const bench = new Bench();
    bench.once('start', [{ kind: 'check', block: BLOCK, from: M1 }, send('first')]);
    bench.once('checked', [send('second')]);
    bench.replica.start();
    assert.deepEqual(bench.log, ['input start', 'send all first', 'input checked', 'send all second']);
  });

  test('come back as inputs with what they were about', () => {
    const bench = new Bench();
    bench.once('start', [
      { kind: 'build', position: viewPosition(toView(3n)), draft: DRAFT },
      { kind: 'check', block: BLOCK, from: M1 },
      { kind: 'fetch', certificate: CERTIFICATE, from: M1 },
    ]);
    bench.replica.start();
    const { digest, header } = BLOCK;
    assert.deepEqual(bench.inputs.slice(1), [
      { kind: 'built', position: viewPosition(toView(3n)), block: BLOCK },
      { kind: 'checked', digest, height: header.height, ok: true },
      { kind: 'checked', digest: GENESIS.digest, height: header.height, ok: false },
    ]);
  });

  test('tell the monitor, the chain and the timers', () => {
    const failed = { position: viewPosition(toView(1n)), leader: M1 };
    const bench = new Bench();
    bench.once('start', [
      { kind: 'failed', failure: { ...failed, cause: 'certificate', isProposed: false } },
      { kind: 'entered', position: viewPosition(toView(2n)), leader: M1, cause: 'proof' },
      COMMIT,
      { kind: 'set-timer', name: 'view', position: viewPosition(toView(2n)), afterMs: 5 },
      { kind: 'set-timer', name: 'resend', position: viewPosition(toView(2n)), atMs: 5n },
      { kind: 'extend-timer', name: 'resend', byMs: 3 },
      { kind: 'cancel-timer', name: 'resend' },
    ]);
    bench.replica.start();
    const told = ['view 1 failed, certificate', 'view 2', 'commit', 'extend resend 3'];
    assert.deepEqual(bench.log, ['input start', ...told, 'input work']);
    assert.deepEqual([...bench.timers.keys()], ['view']);
    bench.timers.get('view')?.();
    assert.deepEqual(bench.inputs.at(-1), {
      kind: 'timer',
      name: 'view',
      position: viewPosition(toView(2n)),
    });
  });
});

describe('a store that fails', () => {
  test('halts the replica before anything leaves that the record justifies', () => {
    const bench = new Bench();
    bench.save = () => {
      throw new Error('disk full');
    };
    bench.once('start', [sign('a'), send('hello')]);
    bench.replica.start();
    assert.deepEqual(bench.log, ['input start', 'halted Error: disk full']);
    assert.equal(bench.replica.isHalted, true);
  });

  test('leaves a replica that takes nothing more', () => {
    const bench = new Bench();
    bench.once('start', [
      { kind: 'set-timer', name: 'view', position: viewPosition(toView(1n)), afterMs: 1 },
    ]);
    bench.replica.start();
    bench.save = () => {
      throw new Error('disk full');
    };
    bench.once('work', [{ kind: 'persist', record: 'a' }, send('hello')]);
    bench.replica.work(true);
    const before = bench.inputs.length;
    bench.timers.get('view')?.();
    bench.replica.receive(M1, 'hello');
    bench.replica.peerConnected(M1);
    assert.equal(bench.inputs.length, before);
    assert.equal(bench.verifications.length, 0);
  });
});

describe('a message', () => {
  test('is admitted, verified, admitted again, and taken in', () => {
    const bench = new Bench();
    bench.replica.receive(M1, 'hello');
    assert.deepEqual(bench.inputs, []);
    bench.verifications[0]?.(true);
    assert.deepEqual(bench.inputs, [{ kind: 'message', from: M1, message: 'hello' }]);
  });

  test('that is refused costs no verification', () => {
    const bench = new Bench();
    bench.admit = () => ({ ok: false, cause: 'far-future' });
    bench.replica.receive(M1, 'hello');
    assert.deepEqual(bench.log, ['refused 1 far-future']);
    assert.equal(bench.verifications.length, 0);
  });

  test('with a bad signature goes no further', () => {
    const bench = new Bench();
    bench.replica.receive(M1, 'hello');
    bench.verifications[0]?.(false);
    assert.deepEqual(bench.log, ['refused 1 bad-signature']);
  });

  test('that became stale while it was verified goes no further', () => {
    const bench = new Bench();
    bench.replica.receive(M1, 'hello');
    bench.admit = () => ({ ok: false, cause: 'stale' });
    bench.verifications[0]?.(true);
    assert.deepEqual(bench.log, ['refused 1 stale']);
  });

  test('of a member that is behind is answered with a proof', () => {
    const bench = new Bench();
    const reported = { at: viewPosition(toView(4n)), decided: viewPosition(toView(2n)) };
    bench.admit = () => ({ ok: false, cause: 'stale', behind: reported });
    bench.replica.receive(M1, 'hello');
    assert.deepEqual(bench.inputs, [{ kind: 'behind', member: M1, reported }]);
  });

  test('of a member that floods is refused, and the others are heard all the same (RULES.md A.44)', () => {
    const bench = new Bench();
    for (let count = 0; count < PENDING_PER_MEMBER_MAX + 2; count++) bench.replica.receive(M1, 'junk');
    assert.deepEqual(bench.log, ['refused 1 overloaded', 'refused 1 overloaded']);
    bench.replica.receive(M2, 'hello');
    assert.equal(bench.verifications.length, PENDING_PER_MEMBER_MAX + 1);
    bench.verifications[0]?.(false);
    bench.replica.receive(M1, 'hello');
    assert.equal(bench.verifications.length, PENDING_PER_MEMBER_MAX + 2);
  });
});

describe('signatures', () => {
  /** Asks for the signatures of these views at once. */
  function asking(...views: number[]): Bench {
    return started(new Bench(), views);
  }

  function started(bench: Bench, views: readonly number[]): Bench {
    bench.once(
      'start',
      views.map((view) => sign(`r${view}`, view)),
    );
    bench.replica.start();
    return bench;
  }

  function signedViews({ inputs }: Bench): bigint[] {
    return inputs.flatMap((input) => (input.kind === 'signed' ? [input.statement.view] : []));
  }

  const ANSWER: SignatureAnswer = { kind: 'signed', signature: Uint8Array.of(9) };

  test('are asked for in order, two at a time, and come back in that order whichever is made first', () => {
    const bench = asking(1, 2, 3);
    assert.equal(bench.signatures.length, 2);
    bench.signatures[1]?.(ANSWER);
    assert.deepEqual(signedViews(bench), []);
    assert.equal(bench.signatures.length, 2);
    bench.signatures[0]?.(ANSWER);
    assert.deepEqual(signedViews(bench), [1n, 2n]);
    assert.equal(bench.signatures.length, 3);
    bench.signatures[2]?.(ANSWER);
    assert.deepEqual(signedViews(bench), [1n, 2n, 3n]);
  });

  test('of views that are over meanwhile are not asked for', () => {
    const bench = asking(1, 2, 3, 4);
    bench.view = toView(4n);
    bench.signatures[0]?.(ANSWER);
    assert.deepEqual(
      bench.log.filter((line) => line.startsWith('sign')),
      ['sign 1', 'sign 2', 'sign 4'],
    );
  });

  test('that the signer refuses are told to the monitor, and the next is asked for', () => {
    const bench = asking(1, 2, 3);
    bench.signatures[0]?.({ kind: 'refused', reason: 'STALE_SLOT' });
    assert.ok(bench.log.includes('signature refused 1 STALE_SLOT'));
    assert.deepEqual(signedViews(bench), []);
    assert.equal(bench.signatures.length, 3);
  });

  test('by a key that the kind does not take are refused as if the signer had, and the key goes on where it may', () => {
    const key = toCertifiedKeyDigest('ab'.repeat(32));
    const refusing = asking(1, 2);
    refusing.signatures[0]?.({ ...ANSWER, key });
    refusing.signatures[1]?.(ANSWER);
    assert.ok(refusing.log.includes('signature refused 1 signature by another key than its kind takes'));
    assert.deepEqual(signedViews(refusing), [2n]);
    const taking = started(new Bench(CERTIFYING_TABLE), [1]);
    taking.signatures[0]?.({ ...ANSWER, key });
    assert.deepEqual(taking.inputs.at(-1), { ...ANSWER, key, statement: timeout(1) });
  });

  test('that come after the replica stopped are dropped, and no more are asked for', () => {
    const bench = asking(1, 2, 3);
    bench.replica.stop();
    bench.signatures[0]?.(ANSWER);
    assert.deepEqual(signedViews(bench), []);
    assert.equal(bench.signatures.length, 2);
  });
});
