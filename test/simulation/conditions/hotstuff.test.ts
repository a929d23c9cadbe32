import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sealBlock } from '#libs/chain/block.ts';
import { buildBlock, judgeBlock } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { onceInChain } from '#libs/chain/repeats.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { EARLY_VIEWS_MAX, STANDING_MAX } from '#libs/protocol/hotstuff/limits.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { newer } from '#libs/protocol/hotstuff/state.ts';
import { blockStatement, viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import { hotStuffCodec } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import type { Plan } from '#libs/simulation/plan/plan.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { reachableFrom } from '#test/architecture/import-graph.ts';
import { Cluster } from '#test/support/hotstuff/hotstuff-cluster.ts';
import {
  asked,
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_PREPARE,
  gaveUp,
  newViewOf,
  onlyStatement,
  proposalIn,
  proposalOf,
  timeoutOf,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { assertHarmless, attacked, refusals, TRAITOR } from '#test/support/simulation/byzantine-run.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const B1 = blockOn(GENESIS, 1);
const B2 = blockOn(B1, 2);

test('HS-03 views and heights are 64 bits wide and digests 32 bytes: nothing else is one', () => {
  const top = 2n ** 64n - 1n;
  assert.equal(toView(top), top);
  assert.equal(toHeight(top), top);
  for (const wrong of [-1n, top + 1n]) {
    assert.throws(() => toView(wrong), /view out of range/);
    assert.throws(() => toHeight(wrong), /height out of range/);
  }
  for (const wrong of ['', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), 'g'.repeat(64)]) {
    assert.throws(() => toDigest(wrong), /not a digest/);
  }
  for (const wrong of [-1, 0.5]) assert.throws(() => toMemberIndex(wrong), /member index/);
});

test('HS-06 a vote with a part missing is refused: signature, block and phase are never empty', () => {
  const vote = { ...voteOf(2, 'prepare', B1), signature: new Uint8Array(32).fill(1) };
  assert.equal(hotStuffCodec.decode(hotStuffCodec.encode(vote)).ok, true);
  for (const part of [{ signature: new Uint8Array() }, { digest: '' as never }, { phase: 'none' as never }]) {
    let isRefused = true;
    try {
      isRefused = !hotStuffCodec.decode(hotStuffCodec.encode({ ...vote, ...part })).ok;
    } catch {
      // Not even our own encoder makes one.
    }
    assert.ok(isRefused, Object.keys(part).join());
  }
});

test('HS-08 every message of the core comes over the wire as it was', () => {
  const signature = new Uint8Array(32).fill(3);
  const messages: readonly HotStuffMessage[] = [
    { ...proposalOf(B2, certify('prepare', B1), gaveUp(1, certify('prepare', B1))), signature },
    { ...voteOf(1, 'prepare', B1), signature },
    { ...voteOf(1, 'pre-commit', B1), signature },
    { ...voteOf(1, 'commit', B1), signature },
    ...(['prepare', 'pre-commit', 'commit'] as const).map((phase) => ({
      kind: 'certificate' as const,
      certificate: certify(phase, B1),
    })),
    { ...timeoutOf(1, 3, { high: certify('prepare', B2), commit: certify('commit', B1) }), signature },
    newViewOf(3, { high: certify('prepare', B2), timeoutCertificate: gaveUp(2) }),
    { kind: 'timeout-certificate', timeoutCertificate: gaveUp(2) },
  ];
  for (const message of messages) {
    const decoded = hotStuffCodec.decode(hotStuffCodec.encode(message));
    assert.ok(decoded.ok, message.kind);
    assert.deepEqual(plain(decoded.message), plain(message));
  }
});

/** The value without the difference between a view of bytes and bytes, and between absent and undefined. */
function plain(message: HotStuffMessage): unknown {
  return JSON.parse(
    JSON.stringify(message, (_key, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`;
      return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
    }),
  );
}

test('HS-11 the leader of a view is the member of its number, modulo the members', () => {
  for (const members of [4, 5, 7, 10]) {
    const cluster = new Cluster(members);
    const proposers = new Map<bigint, number>();
    cluster.lastView = BigInt(2 * members);
    cluster.passes = (from, _to, message) => {
      if (message.kind === 'proposal') proposers.set(message.block.header.view, from);
      return true;
    };
    cluster.run();
    assert.equal(proposers.size, 2 * members);
    for (const [view, proposer] of proposers) assert.equal(proposer, Number(view) % members);
  }
});

describe('HS-34 of several branches', () => {
  const beside = blockOn(GENESIS, 2, { salt: 4 });

  test('a leader goes on from the one with the highest certificate that it heard of', () => {
    const core = new Core({ me: 3 });
    const certificate = gaveUp(2, certify('prepare', beside));
    core.learn(certify('prepare', B1));
    const effects = core.receive(0, { kind: 'timeout-certificate', timeoutCertificate: certificate });
    const parents = effects.flatMap((effect) => (effect.kind === 'build' ? [effect.draft.parent] : []));
    assert.deepEqual(parents, [beside.digest]);
  });

  test('the one with a decision comes first, also against a newer one that is only locked', () => {
    const core = new Core({ me: 0 });
    core.learn(certify('commit', B1));
    const locked = core.state.locked;
    assert.equal(locked?.digest, B1.digest);
    const against = blockOn(GENESIS, 2, { salt: 7 });
    core.offer(2, proposalOf(against, GENESIS_PREPARE));
    assert.deepEqual(asked(core.hold(against)), []);
  });
});

test('HS-36 a block stands on its parent: another parent, height, view or a repeat is refused', () => {
  const parent = { header: GENESIS.header, digest: GENESIS.digest };
  const plan = { epoch: toEpoch(0n), proposer: toMemberIndex(1), nowMs: 5n, frontier: EMPTY_FRONTIER };
  const transactions = [transactionOf(Uint8Array.of(1, 2, 3))];
  const { block } = buildBlock({ ...plan, parent, view: toView(1n), transactions });
  const limits = { transactionsMax: 4, bytesMax: 64, transactionBytesMax: 16 };
  const context = {
    parent,
    frontier: EMPTY_FRONTIER,
    limits,
    epoch: GENESIS.header.epoch,
    repeats: onceInChain(() => false),
    follows: hotStuffFollows,
  };
  assert.equal(judgeBlock(block, context).ok, true);
  const faults: readonly [object, string][] = [
    [{ height: toHeight(2n) }, 'wrong height'],
    [{ height: toHeight(0n) }, 'wrong height'],
    [{ parent: block.digest }, 'wrong parent'],
    [{ view: toView(0n) }, 'view not above its parent'],
  ];
  for (const [change, fault] of faults) {
    const judged = judgeBlock(sealBlock({ ...block.header, ...change }, transactions), context);
    assert.deepEqual(judged, { ok: false, fault });
  }
  assert.equal(judgeBlock(block, { ...context, repeats: onceInChain(() => true) }).ok, false);
});

test('HS-42 a full disk stops its member, which goes on when there is space; the others never notice', () => {
  const results = attacked({
    actors: [],
    seeds: 3,
    adjust: (plan) => ({
      ...plan,
      transactionMs: 10,
      fullDisks: [{ instance: 2, atMs: 300, forMs: 700 }],
    }),
  });
  assertHarmless(results);
  for (const { trace, heightAtGst } of results) {
    assert.ok(trace.some((line) => line.includes('2 halted: DiskFullError')));
    assert.ok(heightAtGst > 5);
  }
  const hungry = attacked({ actors: ['glutton'], seeds: 2 });
  assertHarmless(hungry);
  assert.ok(refusals(hungry, 'oversized') > 0);
});

test('HS-48 the same inputs make the same outputs, byte for byte', () => {
  const outputs = () => {
    const core = new Core({ me: 1 });
    core.signed(proposalIn(core.step({ kind: 'built', position: viewPosition(toView(1n)), block: B1 })));
    for (const member of [0, 2, 3]) core.offer(member, voteOf(member, 'prepare', B1));
    core.fire('view');
    return plain({ effects: core.effects, state: { ...core.state, context: 0 } } as never);
  };
  assert.deepEqual(outputs(), outputs());
  const hashes = () =>
    attacked({ actors: ['turncoat'], seeds: 5, network: 'drawn' }).map((each) => each.traceHash);
  assert.deepEqual(hashes(), hashes());
});

interface Entry {
  readonly ms: number;
  readonly view: number;
  readonly isLate: boolean;
}

/** When member 0 entered each view. */
function entriesOf(trace: readonly string[]): readonly Entry[] {
  return trace.flatMap((line) => {
    const found = /^(?<ms>\d+) 0 view (?<view>\d+) leader \d+(?<late> after timeout)?$/.exec(line)?.groups;
    if (found === undefined) return [];
    return [{ ms: Number(found['ms']), view: Number(found['view']), isLate: found['late'] !== undefined }];
  });
}

test('HS-53 after a leader crash the next block comes within a timeout and a view', () => {
  const broken = [{ member: TRAITOR, how: 'down' as const, fromMs: 400 }];
  const adjust = (plan: Plan) => ({ ...plan, broken, transactionMs: 5 });
  for (const { trace, violations } of attacked({ actors: [], seeds: 4, adjust })) {
    assert.deepEqual(violations, []);
    const entries = entriesOf(trace);
    const failed = entries.findIndex(({ isLate }) => isLate);
    const [lost, found, decided] = entries.slice(failed - 1);
    assert.ok(lost !== undefined && found !== undefined && decided !== undefined);
    assert.equal(lost.view % 5, TRAITOR);
    // Base timeout 300 ms on a good network, then a view that decides.
    assert.ok(found.ms - lost.ms >= 290 && found.ms - lost.ms <= 400, `${found.ms - lost.ms}`);
    assert.ok(decided.ms - found.ms < 300, `${decided.ms - found.ms}`);
    assert.equal(decided.isLate, false);
  }
});

test('F-64: HS-55 a leader gets one proposal a view, and never three; what is refused ends no view early, and the sizes are those of WIRE_LIMITS (DECISIONS 74, 112)', () => {
  const core = new Core();
  core.receive(1, proposalOf(B1, GENESIS_PREPARE));
  assert.equal(core.judge(1, proposalOf(B1, GENESIS_PREPARE)), 'duplicate');
  for (const salt of [1, 2, 3]) {
    const another = blockOn(GENESIS, 1, { salt });
    assert.equal(core.judge(1, proposalOf(another, GENESIS_PREPARE)), 'equivocation');
  }
  const far = blockOn(GENESIS, 1 + 4 * 100);
  assert.equal(core.judge(1, proposalOf(far, GENESIS_PREPARE)), 'far-future');
  assert.equal(core.state.view, 1n);
  assert.equal(WIRE_LIMITS.messageBytesMax, 32 * 1024 * 1024);
});

test('HS-58 what a member keeps in memory does not grow with the views', () => {
  const cluster = new Cluster(4);
  cluster.lastView = 40n;
  cluster.run();
  for (; cluster.lastView < 160n; cluster.lastView += 40n) cluster.giveUp(0, 1, 2, 3);
  cluster.giveUp(0, 1, 2, 3);
  for (const { state } of cluster.cores) {
    assert.ok(state.commit.view >= 150n);
    assert.ok(state.standing.size <= STANDING_MAX);
    assert.ok(state.early.size <= Number(EARLY_VIEWS_MAX));
    assert.ok(state.newViews.size <= 4 && state.timeouts.size <= 4 && state.outbox.length <= 12);
  }
  // Proposals of four views ahead, all of which are given up before this member comes to them.
  const core = new Core();
  for (let view = 1; view <= 160; view += 5) {
    for (let ahead = view + 1; ahead < view + 5; ahead++) {
      core.receive(ahead % 4, proposalOf(blockOn(GENESIS, ahead), GENESIS_PREPARE));
    }
    assert.equal(core.state.early.size, 4);
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(view + 4) });
    assert.equal(core.state.early.size, 0, `in view ${core.state.view}`);
  }
});

test('HS-60 each member enters a view once, votes its phases in order, and decides after its certificate', () => {
  const cluster = new Cluster(5);
  cluster.lastView = 6n;
  cluster.run();
  for (const core of cluster.cores) {
    const entered = core.effects.flatMap((each) => (each.kind === 'entered' ? [each.position.view] : []));
    assert.deepEqual(
      entered,
      entered.map((_, at) => BigInt(at + 1)),
    );
    for (let view = 1n; view <= 6n; view++) {
      const steps = core.effects.flatMap((each) => {
        if (each.kind === 'sign' && each.statement.view === view) return [each.statement.kind];
        return each.kind === 'commit' && each.certificate.view === view ? ['decided'] : [];
      });
      const votes = steps.filter((step) => step !== 'proposal');
      assert.deepEqual(votes, ['prepare', 'pre-commit', 'commit', 'decided']);
    }
  }
  for (const [member, { history }] of cluster.cores.entries()) {
    for (let view = 1; view <= 6; view++) {
      if (view % 5 === member) continue;
      const steps = history.flatMap((each) => stepIn(each, view));
      assert.deepEqual(steps, [
        'comes proposal',
        'judged',
        'vote prepare',
        'comes prepare',
        'vote pre-commit',
        'comes pre-commit',
        'vote commit',
        'comes commit',
        'decided',
        'next view',
      ]);
    }
  }
});

/** The role of a follower's input or effect in a view: a message of the leader, a vote, a decision. */
function stepIn(each: Core['history'][number], view: number): readonly string[] {
  const of = BigInt(view);
  switch (each.kind) {
    case 'message':
      return comesIn(each.message, of);
    case 'checked':
      // One block a view and none lost: its height is its view.
      return each.height === of ? ['judged'] : [];
    case 'sign':
      return each.statement.view === of ? [`vote ${each.statement.kind}`] : [];
    case 'commit':
      return each.certificate.view === of ? ['decided'] : [];
    case 'entered':
      return each.position.view === of + 1n ? ['next view'] : [];
    default:
      return [];
  }
}

function comesIn(message: HotStuffMessage, view: bigint): readonly string[] {
  if (message.kind === 'proposal') return message.block.header.view === view ? ['comes proposal'] : [];
  if (message.kind !== 'certificate') return [];
  return message.certificate.view === view ? [`comes ${message.certificate.kind}`] : [];
}

test('F-64: HS-61 no higher hash wins: two certificates of one view are of one block, and the one that is held stays (DECISIONS 74)', () => {
  const held = certify('prepare', B1);
  const other = certify('prepare', B1, [1, 2, 3]);
  assert.equal(newer(held, other), held);
  const higher = certify('prepare', B2);
  for (const order of [[held, higher] as const, [higher, held] as const])
    assert.equal(newer(...order), higher);
  // This holds even where more than f lied and there are two certificates: the hash would choose the same for all,
  // and hide the fault.
  const beside = certify('prepare', blockOn(GENESIS, 1, { salt: 1 }));
  assert.deepEqual([newer(held, beside), newer(beside, held)], [held, beside]);
});

test('HS-62 a report that comes after the proposal changes nothing in it', () => {
  const core = new Core({ me: 3 });
  core.receive(0, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(2) });
  const block = blockOn(GENESIS, 3);
  core.signed(proposalIn(core.step({ kind: 'built', position: viewPosition(toView(3n)), block })));
  const { proposal, proposed } = core.state;
  assert.equal(proposal?.justify.view, 0n);
  const effects = core.offer(1, newViewOf(3, { high: certify('prepare', B2) }));
  assert.deepEqual(
    effects.filter(({ kind }) => kind === 'build' || kind === 'sign'),
    [],
  );
  assert.deepEqual([core.state.proposal, core.state.proposed], [proposal, proposed]);
});

test('HS-64 a report may carry an old certificate, and one that is newer raises lock and view by its proof', () => {
  const core = new Core({ me: 0 });
  core.receive(1, newViewOf(2));
  assert.equal(core.state.view, 1n);
  core.receive(2, newViewOf(5, { high: certify('prepare', B2), commit: certify('commit', B2) }));
  assert.equal(core.state.locked?.view, 2n);
  assert.equal(core.state.view, 3n);
});

describe('the modules', () => {
  test('HS-65 no service reaches a simulated liar, nor a test', () => {
    for (const service of ['gateway', 'signer', 'consensus', 'config']) {
      const reached = reachableFrom(ROOT, `services/${service}/main.ts`);
      assert.ok(reached.size > 20);
      const found = [...reached].filter((file) =>
        /^libs\/simulation\/|^test\/|^services\/cli\/simulation/.test(file),
      );
      assert.deepEqual(found, []);
    }
  });
});

test('HS-66 what a transaction means is left to others: any bytes make a valid block', () => {
  const parent = { header: GENESIS.header, digest: GENESIS.digest };
  const limits = { transactionsMax: 8, bytesMax: 4_096, transactionBytesMax: 256 };
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 256 });
  const distinct = fc.uniqueArray(bytes, {
    maxLength: 8,
    selector: (each) => Buffer.from(each).toString('hex'),
  });
  fc.assert(
    fc.property(distinct, (transactions) => {
      const { block } = buildBlock({
        parent,
        frontier: EMPTY_FRONTIER,
        view: toView(1n),
        epoch: toEpoch(0n),
        proposer: toMemberIndex(0),
        nowMs: 0n,
        transactions: transactions.map(transactionOf),
      });
      const context = {
        parent,
        frontier: EMPTY_FRONTIER,
        limits,
        epoch: GENESIS.header.epoch,
        repeats: onceInChain(() => false),
        follows: hotStuffFollows,
      };
      assert.equal(judgeBlock(block, context).ok, true);
    }),
  );
});

test('HS-06 the vote that is asked for names block, view and phase', () => {
  const core = new Core();
  const statement = onlyStatement(core.receiveProposal(B1, GENESIS_PREPARE));
  assert.deepEqual(
    statement,
    blockStatement('prepare', toView(1n), { height: toHeight(1n), digest: B1.digest }),
  );
});
