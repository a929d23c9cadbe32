import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import { encodeBallots } from '#libs/membership/ballots.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { switchingNodes } from '#libs/simulation/nodes/switching-nodes.ts';
import { EpochFederation } from '#test/support/engine/epoch-federation.ts';
import type { EpochNode } from '#test/support/engine/epoch-node.ts';
import { hostedNull } from '#test/support/null-protocol/subject.ts';
import { NULL_TABLE } from '#test/support/null-protocol/vote-table.ts';

const NEWER = switchingNodes(hostedHotStuff(), [hostedNull()]);
const TO_NULL: NewTerms = {
  needs: SOFTWARE_VERSION,
  protocol: { id: NULL_TABLE.protocol, version: 1 },
  parameters: {},
  others: [],
};
/** The sentence of a version that has HotStuff alone. */
const CURE = /a change to an unknown protocol "null"; this version has hotstuff/;

/** Four members, of which these run a version without the null protocol. */
function federationOf(older: readonly number[]): EpochFederation {
  const termsOf = (node: number) => (older.includes(node) ? FOUNDING_PROTOCOLS : NEWER.nodes.terms);
  const federation = new EpochFederation({
    members: 4,
    subject: { ...NEWER, nodes: { ...NEWER.nodes, termsOf } },
  });
  decide(federation, 'before');
  return federation;
}

function decide(federation: EpochFederation, text: string): void {
  const before = Math.max(...federation.up.map(({ instance }) => instance.disk.height));
  federation.submit(federation.node(1), text);
  federation.until(text, () => federation.up.every(({ instance }) => instance.disk.height > before));
}

/** Members vote, and the votes are final everywhere. */
function vote(federation: EpochFederation, voters: readonly number[]): void {
  const change = federation.change({ leave: [], join: [], terms: TO_NULL });
  for (const number of voters) federation.vote(federation.node(number), change);
  const counted = ({ membership }: EpochNode) => membership.ballots[0]?.voters.size ?? 0;
  federation.until('the votes are final', () =>
    federation.up.every((node) => counted(node) === voters.length),
  );
}

function haltsOf({ refused }: EpochNode): readonly string[] {
  return refused.filter((each) => each.startsWith('halted'));
}

describe('members of two versions', () => {
  test('TW-2.12.6: count the same votes for a change that one of them cannot follow, and decide on together', () => {
    for (const older of [[3], [2, 3]]) {
      const federation = federationOf(older);
      vote(federation, [0, 1]);
      decide(federation, 'after');
      const [first, ...others] = federation.up.map(({ membership }) => encodeBallots(membership));
      for (const each of others) assert.deepEqual(each, first);
      assert.deepEqual(federation.up.flatMap(haltsOf), []);
      assert.deepEqual(federation.violations, []);
    }
  });

  test('TW-2.12.6: part at the vote that adopts it: the newer ones go on, and the older one ends with the cure', () => {
    const federation = federationOf([3]);
    vote(federation, [0, 1]);
    assert.deepEqual(haltsOf(federation.node(3)), []);
    const change = federation.change({ leave: [], join: [], terms: TO_NULL });
    federation.vote(federation.node(2), change);
    const newer = [0, 1, 2].map((number) => federation.node(number));
    federation.until('the next epoch', () => newer.every(({ membership }) => membership.epoch === 1n));
    federation.until('it ends', () => haltsOf(federation.node(3)).length > 0);
    assert.match(haltsOf(federation.node(3)).join(), CURE);
    assert.deepEqual(newer.flatMap(haltsOf), []);
  });

  test('adopt nothing by the votes of operators whose members cannot follow it, and these hear why', () => {
    const federation = federationOf([2, 3]);
    vote(federation, [0, 1]);
    const change = federation.change({ leave: [], join: [], terms: TO_NULL });
    const answers: string[] = [];
    federation.vote(federation.node(2), change, (answer) => void answers.push(JSON.stringify(answer)));
    decide(federation, 'after');
    assert.match(answers.join(), /unknown protocol .*null/);
    assert.equal(federation.membership.adopted, undefined);
    assert.deepEqual(federation.violations, []);
  });
});
