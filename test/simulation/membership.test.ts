import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch } from '#libs/chain/ids.ts';
import { TERMS_NEED } from '#libs/membership/terms-rules.ts';
import { type Prng, prng } from '#libs/random/prng.ts';
import { EpochFederation, type NodeChange } from '#test/support/engine/epoch-federation.ts';
import type { EpochNode } from '#test/support/engine/epoch-node.ts';

/** All members vote for a change, and the federation is led over it. */
function carryOut(federation: EpochFederation, wanted: NodeChange): void {
  const { epoch } = federation.membership;
  const change = federation.change(wanted);
  const begun = (): boolean => federation.membership.epoch > epoch;
  for (let attempts = 0; !begun(); attempts++) {
    assert.ok(attempts < 60, `no change in five minutes: ${federation.describe()}`);
    // Votes again, as an operator does who sees no effect: a crash may have lost the vote.
    for (const node of federation.up) if (node.membership.epoch === epoch) federation.vote(node, change);
    federation.until('votes are on their way', () => begun() || federation.isOver(5_000));
  }
}

/** The nodes that are members now. */
function memberNodes(federation: EpochFederation): readonly EpochNode[] {
  return federation.members.map((number) => federation.node(number));
}

function assertAgreement(federation: EpochFederation): void {
  const chains = [...federation.nodes.values()].map(({ chain }) => chain.final.map(({ digest }) => digest));
  const longest = chains.toSorted((a, b) => b.length - a.length)[0] ?? [];
  for (const chain of chains) assert.deepEqual(chain, longest.slice(0, chain.length));
  assert.deepEqual(federation.violations, []);
  for (const { refused } of federation.nodes.values()) {
    assert.deepEqual(
      refused.filter((each) => /halted|bad-signature|false-evidence/.test(each)),
      [],
    );
  }
}

/** A transaction becomes final at every member. */
function decideMore(federation: EpochFederation, text: string): void {
  const hasIt = ({ chain }: EpochNode): boolean =>
    chain.final.some(({ transactions }) =>
      transactions.some(({ bytes }) => Buffer.from(bytes).toString() === text),
    );
  federation.submit(memberNodes(federation).find(({ isUp }) => isUp) ?? assert.fail(), text);
  federation.until(`${text} is final`, () => memberNodes(federation).every(hasIt));
}

describe('the members change', () => {
  test('FED-08 by a quorum of votes in the chain, and the new ones decide from two heights later', () => {
    const federation = new EpochFederation({ members: 4, newcomers: 1 });
    federation.add(4);
    decideMore(federation, 'before');
    carryOut(federation, { leave: [], join: [4] });
    decideMore(federation, 'after');
    assert.deepEqual(federation.members, [0, 1, 2, 3, 4]);
    const { final } = federation.node(4).chain;
    const root = federation.membership.root.height;
    const deciding = final.findLast(({ header }) => header.height === root - 1n);
    assert.ok(
      (deciding?.transactions.length ?? 0) > 0,
      'the deciding vote is one height below the last block',
    );
    assert.deepEqual(
      final.map(({ header }) => header.epoch),
      final.map(({ header }) => toEpoch(header.height > root ? 1n : 0n)),
    );
    assertAgreement(federation);
  });

  test('and the numbers of the protocol with them, in one change or alone', () => {
    const federation = new EpochFederation({ members: 4, newcomers: 1 });
    federation.add(4);
    decideMore(federation, 'before');
    const terms = { needs: TERMS_NEED, others: [] };
    const fast = { view_timeout_ms: 200, view_timeout_ms_max: 900 };
    carryOut(federation, { leave: [], join: [], terms: { ...terms, parameters: fast } });
    decideMore(federation, 'between');
    assert.deepEqual(federation.membership.terms.parameters, fast);
    const slow = { ...fast, view_timeout_ms: 300 };
    carryOut(federation, { leave: [], join: [4], terms: { ...terms, parameters: slow } });
    decideMore(federation, 'after');
    for (const { membership } of memberNodes(federation)) assert.deepEqual(membership.terms.parameters, slow);
    assert.deepEqual([federation.membership.epoch, federation.members], [2n, [0, 1, 2, 3, 4]]);
    assertAgreement(federation);
  });

  test('FED-08 not by less than a quorum', () => {
    const federation = new EpochFederation({ members: 4 });
    const change = federation.change({ leave: [], join: [4] });
    for (const number of [0, 2]) federation.vote(federation.node(number), change);
    decideMore(federation, 'some');
    decideMore(federation, 'more');
    assert.equal(federation.membership.epoch, 0n);
    assert.equal(federation.membership.ballots[0]?.voters.size, 2);
    federation.vote(federation.node(3), change);
    federation.until('the third vote decides', () => federation.membership.epoch === 1n);
  });

  test('FED-08 without any other transaction: an idle federation carries out what it voted for', () => {
    const federation = new EpochFederation({ members: 4 });
    carryOut(federation, { leave: [3], join: [4] });
    assert.deepEqual(federation.members, [0, 1, 2, 4]);
  });

  test('FED-17 a member that leaves votes no more, follows the next epoch, and goes on to serve blocks', () => {
    const federation = new EpochFederation({ members: 5 });
    carryOut(federation, { leave: [1], join: [] });
    decideMore(federation, 'without it');
    const left = federation.node(1);
    federation.until('it follows', () => left.chain.tip().header.epoch === 1n);
    assert.equal(left.node.protocol().leader === undefined, false);
    const signers = left.chain.tip().certificate.signatures;
    assert.ok(signers.length >= 3 && signers.every(({ member }) => member < 4));
    assertAgreement(federation);
  });

  test('A5-11 a member that joins late catches up over the change, and then votes', () => {
    const federation = new EpochFederation({ members: 4, newcomers: 1 });
    for (let at = 0; at < 30; at++) decideMore(federation, `transaction ${at}`);
    carryOut(federation, { leave: [], join: [4] });
    for (let at = 0; at < 3; at++) {
      federation.submit(federation.node(0), `late ${at}`);
      federation.pass(3_000);
    }
    const late = federation.add(4);
    federation.until(
      'it is there',
      () => late.chain.tip().header.height === federation.node(0).chain.tip().header.height,
    );
    federation.crash(federation.node(2));
    federation.submit(late, 'its own');
    const isFinal = ({ chain }: EpochNode) =>
      chain.final.at(-1)?.transactions.some(({ bytes }) => Buffer.from(bytes).toString() === 'its own');
    federation.until('four of five decide, so it voted', () => isFinal(late) === true);
    assertAgreement(federation);
  });

  test('A5-11 a member that was away over ten changes is led through all of them', () => {
    const federation = new EpochFederation({ members: 7, newcomers: 10 });
    const away = federation.node(0);
    federation.crash(away);
    for (let at = 0; at < 10; at++) {
      const last = federation.members.at(-1) ?? assert.fail();
      federation.add(7 + at);
      carryOut(federation, { leave: [last], join: [7 + at] });
    }
    federation.start(away);
    federation.until('it is there', () => away.membership.epoch === 10n);
    decideMore(federation, 'together');
    assertAgreement(federation);
  });
});

describe('simulated changes', () => {
  test('every member is replaced in one change, with loss, and the new ones go on', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const federation = new EpochFederation({ members: 4, newcomers: 4, seed, loss: 0.1 });
      for (let number = 4; number < 8; number++) federation.add(number);
      decideMore(federation, 'before');
      carryOut(federation, { leave: [0, 1, 2, 3], join: [4, 5, 6, 7] });
      federation.until('the new ones know', () =>
        memberNodes(federation).every(({ membership }) => membership.epoch === 1n),
      );
      for (const number of [0, 1, 2, 3]) federation.crash(federation.node(number));
      decideMore(federation, 'after');
      assertAgreement(federation);
    }
  });

  test('100 changes in a row, with loss and crashes: one chain over all epochs', () => {
    const federation = new EpochFederation({ members: 5, newcomers: 120, seed: 7, loss: 0.05 });
    const random = prng('100 changes');
    for (let at = 0; federation.membership.epoch < 100n; at++) changeSomething(federation, random, at);
    federation.loss = 0;
    decideMore(federation, 'at the end');
    assertAgreement(federation);
  });
});

/** One change, with a member that crashes meanwhile now and then. */
function changeSomething(federation: EpochFederation, random: Prng, at: number): void {
  // Every 25th begins with the genesis alone, and is led through all changes.
  const like = at % 25 === 0 ? undefined : memberNodes(federation).find(({ isUp }) => isUp);
  const change = drawChange(federation.members, federation.nodes.size, random);
  for (const number of change.join) federation.add(number, like);
  const victims = random.chance(0.3) ? [federation.node(random.pick(federation.members))] : [];
  for (const victim of victims) federation.crash(victim);
  carryOut(federation, change);
  for (const victim of victims) federation.start(victim);
  switchOffLeavers(federation);
}

/** One member joins or leaves, or one takes the place of another; between four and six of them. */
function drawChange(members: readonly number[], newcomer: number, random: Prng): NodeChange {
  const mayLeave = members.length > 4;
  const mustLeave = members.length >= 6;
  const leave = mustLeave || (mayLeave && random.chance(0.5)) ? [random.pick(members)] : [];
  const join = leave.length === 0 || random.chance(0.7) ? [newcomer] : [];
  return { leave, join };
}

/** A member that left some changes ago is switched off. */
function switchOffLeavers(federation: EpochFederation): void {
  const current = new Set(federation.members);
  for (const node of federation.up) {
    const isOld = node.membership.epoch + 1n < federation.membership.epoch;
    if (isOld && !current.has(node.number)) federation.crash(node);
  }
}
