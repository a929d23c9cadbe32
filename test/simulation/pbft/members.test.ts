import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TERMS_NEED } from '#libs/membership/terms-rules.ts';
import { PBFT_TERMS } from '#libs/protocol/pbft/parameters.ts';
import { hostedPbft } from '#libs/simulation/pbft/nodes/hosted-pbft.ts';
import { EpochFederation, type NodeChange } from '#test/support/engine/epoch-federation.ts';
import type { EpochNode } from '#test/support/engine/epoch-node.ts';
import { usualNumbers } from '#test/support/protocol/usual-numbers.ts';

const WAITS = { ...usualNumbers(PBFT_TERMS), view_timeout_ms: 300, view_timeout_ms_max: 3_000 };
const SUBJECT = { ...hostedPbft(), parameters: WAITS };

const heightOf = ({ instance }: EpochNode): number => instance.disk.height;

/** A transaction is given to a node, and a block more is final at all members that are up. */
function decide(federation: EpochFederation, text: string, giver = 0): void {
  const before = Math.max(...federation.up.map(heightOf));
  federation.submit(federation.node(giver), text);
  const members = () => federation.up.filter(({ number }) => federation.members.includes(number));
  federation.until(text, () => members().every((node) => heightOf(node) > before));
}

/** All members vote, and blocks are made while the change is on its way. */
function carryOut(federation: EpochFederation, wanted: NodeChange): void {
  const epoch = federation.membership.epoch + 1n;
  const change = federation.change(wanted);
  for (const node of federation.up) federation.vote(node, change);
  let made = 0;
  const isProducing = () => {
    if (federation.isOver(50)) federation.submit(federation.node(0), `of epoch ${epoch}: ${made++}`);
    return federation.up.every(({ membership }) => membership.epoch === epoch);
  };
  federation.until(`epoch ${epoch}`, isProducing);
}

/** The nodes whose signatures are in the certificates of blocks from a height on, as a node keeps them. */
function signersFrom({ instance, membership }: EpochNode, from: number): ReadonlySet<string> {
  const proofs = [...instance.disk.proofs].filter(([height]) => Number(height) >= from);
  const names = proofs.flatMap(([, { signatures }]) =>
    signatures.map(({ member }) => membership.set.members[member]?.name ?? assert.fail()),
  );
  return new Set(names);
}

describe('the members of PBFT', () => {
  test('TW-2.1.1: are read from the chain at a start, with the keys by which they are found', () => {
    const federation = new EpochFederation({ members: 4, newcomers: 1, subject: SUBJECT });
    federation.add(4);
    decide(federation, 'before');
    carryOut(federation, { leave: [1], join: [4] });
    const restarted = federation.node(2);
    federation.crash(restarted);
    federation.start(restarted);
    // No message has come to it yet.
    const roster = restarted.membership.roster.map(({ name, gatewayPublicKey }) => [
      name,
      gatewayPublicKey[1],
    ]);
    assert.deepEqual(roster, [
      ['node-0', 0],
      ['node-2', 2],
      ['node-3', 3],
      ['node-4', 4],
    ]);
    decide(federation, 'after', 2);
    assert.deepEqual(federation.violations, []);
  });

  test('TW-2.12.2: take part by themselves: one that starts late, with nothing but the genesis, catches up and votes', () => {
    const federation = new EpochFederation({ members: 4, subject: SUBJECT });
    const late = federation.node(3);
    federation.crash(late);
    for (let at = 0; at < 5; at++) decide(federation, `without it ${at}`);
    assert.equal(heightOf(late), 0);
    federation.start(late);
    federation.until('the tip', () => heightOf(late) === heightOf(federation.node(0)));
    // Three of four decide, so that its vote is needed now.
    federation.crash(federation.node(1));
    const from = heightOf(late) + 1;
    for (let at = 0; at < 3; at++) decide(federation, `with it ${at}`, 3);
    assert.deepEqual(signersFrom(federation.node(0), from), new Set(['node-0', 'node-2', 'node-3']));
    assert.deepEqual(federation.violations, []);
  });

  test('TW-2.12.4: are accepted by a quorum of votes: until then a newcomer signs nothing, and one that left follows and signs no more', () => {
    const federation = new EpochFederation({ members: 4, newcomers: 1, subject: SUBJECT });
    const newcomer = federation.add(4);
    for (let at = 0; at < 3; at++) decide(federation, `before ${at}`);
    const change = federation.change({ leave: [], join: [4] });
    for (const member of [0, 1]) federation.vote(federation.node(member), change);
    for (let at = 0; at < 3; at++) decide(federation, `two votes ${at}`);
    assert.deepEqual(
      [federation.membership.epoch, newcomer.instance.disk.register.value.signed.size],
      [0n, 0],
    );
    federation.vote(federation.node(2), change);
    federation.until('the third vote decides', () =>
      federation.up.every(({ membership }) => membership.epoch === 1n),
    );
    federation.crash(federation.node(3));
    const from = heightOf(federation.node(0)) + 1;
    for (let at = 0; at < 3; at++) decide(federation, `with it ${at}`, 4);
    assert.ok(signersFrom(federation.node(0), from).has('node-4'), 'four of five decide, so it voted');
    assert.ok(newcomer.instance.disk.register.value.signed.size > 0);
    federation.start(federation.node(3));
    carryOut(federation, { leave: [4], join: [] });
    const after = heightOf(federation.node(0));
    for (let at = 0; at < 3; at++) decide(federation, `without it ${at}`);
    federation.until('it follows', () => heightOf(newcomer) === heightOf(federation.node(0)));
    assert.equal(signersFrom(federation.node(0), after + 1).has('node-4'), false);
    assert.deepEqual(federation.violations, []);
  });

  test('TW-2.7.5: may be four, seven and four again while blocks are made: no block takes more than two rounds', () => {
    const federation = new EpochFederation({ members: 4, newcomers: 3, subject: SUBJECT });
    for (const number of [4, 5, 6]) federation.add(number);
    decide(federation, 'four');
    carryOut(federation, { leave: [], join: [4, 5, 6] });
    for (let at = 0; at < 10; at++) decide(federation, `seven ${at}`);
    assert.equal(federation.members.length, 7);
    carryOut(federation, { leave: [4, 5, 6], join: [] });
    for (let at = 0; at < 10; at++) decide(federation, `four again ${at}`);
    assert.deepEqual(federation.members, [0, 1, 2, 3]);
    const { instance, chain } = federation.node(0);
    assert.ok(chain.final.length > 22);
    const views = [
      ...chain.final.map(({ header }) => header.view),
      ...[...instance.disk.proofs.values()].map(({ view }) => view),
    ];
    assert.ok(
      views.every((view) => view <= 1n),
      `views ${views}`,
    );
    assert.deepEqual(federation.violations, []);
  });

  test('TW-2.12.5: name the numbers of consensus in their genesis, and change them by votes, at one height for all', () => {
    const federation = new EpochFederation({ members: 4, subject: SUBJECT });
    decide(federation, 'before');
    for (const { membership } of federation.up) assert.deepEqual(membership.terms.parameters, WAITS);
    const parameters = { ...WAITS, view_timeout_ms: 700, view_timeout_ms_max: 5_000 };
    carryOut(federation, { leave: [], join: [], terms: { needs: TERMS_NEED, parameters, others: [] } });
    for (const { membership } of federation.up) assert.deepEqual(membership.terms.parameters, parameters);
    assert.equal(new Set(federation.up.map(({ membership }) => membership.root.height)).size, 1);
    decide(federation, 'after');
    assert.deepEqual(federation.violations, []);
  });
});
