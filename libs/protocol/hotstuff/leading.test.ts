import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toView } from '#libs/chain/ids.ts';
import {
  asked,
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_COMMIT,
  GENESIS_PREPARE,
  gaveUp,
  kinds,
  newViewOf,
  onlyStatement,
  proposalIn,
  sent,
  statementsIn,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import type { HotStuffMessage } from './message.ts';
import type { HotStuffEffect } from './state.ts';
import { viewPosition } from './statements.ts';

const B1 = blockOn(GENESIS, 1);

/** Member 1, which leads view 1 and was asked to build. */
function leader(): Core {
  return new Core({ me: 1 });
}

function parentAsked(effects: readonly HotStuffEffect[]): string | undefined {
  return effects.flatMap((effect) => (effect.kind === 'build' ? [effect.draft.parent] : []))[0];
}

function built(core: Core, block = B1): readonly HotStuffEffect[] {
  return core.step({ kind: 'built', position: viewPosition(block.header.view), block });
}

/** The leader of view 1 with its proposal sent and its own PREPARE vote counted. */
function proposed(): Core {
  const core = leader();
  for (const statement of statementsIn(built(core))) core.signed(statement);
  return core;
}

function message(effects: readonly HotStuffEffect[]): HotStuffMessage {
  const [first] = effects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.message] : []));
  return first ?? assert.fail('nothing was sent');
}

describe('a leader proposes', () => {
  test('at once in view 1: nothing can be hidden below it', () => {
    assert.deepEqual(kinds(leader().effects.filter(({ kind }) => kind === 'build')), ['build']);
  });

  test('records the proposal before it is signed, and signs it before it is sent (RULES.md A.29)', () => {
    const core = leader();
    const effects = built(core);
    assert.deepEqual(asked(effects), ['proposal 1', 'prepare 1']);
    assert.deepEqual(sent(effects), []);
    assert.equal(core.record.proposed?.digest, B1.digest);
    assert.deepEqual(sent(core.signed(proposalIn(effects))), ['proposal all']);
  });

  test('once in a view, whatever else happens (HS-13)', () => {
    const core = proposed();
    const effects = [
      ...core.step({ kind: 'work', pending: false }),
      ...core.step({ kind: 'work', pending: true }),
      ...built(core, blockOn(GENESIS, 1, { salt: 1 })),
    ];
    assert.deepEqual(kinds(effects).includes('build'), false);
    assert.deepEqual(asked(effects), []);
  });

  test('not without work, and as soon as there is some', () => {
    const core = new Core({ me: 1, work: false });
    assert.equal(parentAsked(core.effects), undefined);
    assert.equal(parentAsked(core.step({ kind: 'work', pending: true })), GENESIS.digest);
  });

  test('not without work, but for a prepared block that is not decided', () => {
    const core = new Core({ me: 2, work: false });
    const effects = core.receive(3, {
      kind: 'timeout-certificate',
      timeoutCertificate: gaveUp(1, certify('prepare', B1)),
    });
    assert.equal(parentAsked(effects), B1.digest);
  });

  test('not in a view of another', () => {
    assert.equal(parentAsked(new Core({ me: 2 }).effects), undefined);
  });

  test('not after giving the view up: neither builds, nor signs, nor sends', () => {
    const core = leader();
    core.fire('view');
    assert.deepEqual(asked(built(core)), []);
    const other = leader();
    const statement = proposalIn(built(other));
    other.fire('view');
    assert.deepEqual(sent(other.signed(statement)), []);
  });

  test('another block when a higher certificate came while it built', () => {
    const core = new Core({ me: 3 });
    core.receive(0, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(2) });
    core.receive(2, newViewOf(3, { high: certify('prepare', B1) }));
    const effects = built(core, blockOn(GENESIS, 3));
    assert.deepEqual(asked(effects), []);
    assert.equal(parentAsked(effects), B1.digest);
  });
});

describe('a leader waits to hear of hidden locks (HS-14, RULES.md A.33)', () => {
  test('after a proof of its view alone: it asks all, and proposes on the highest of n - f reports', () => {
    const core = new Core({ me: 2 });
    const b2 = blockOn(GENESIS, 6);
    const effects = core.learn(certify('prepare', b2));
    assert.equal(core.state.view, 6n);
    assert.ok(sent(effects).includes('new-view all'));
    assert.equal(parentAsked(effects), undefined);
    assert.equal(parentAsked(core.receive(0, newViewOf(6))), undefined);
    assert.equal(parentAsked(core.receive(3, newViewOf(6))), b2.digest);
  });

  test('one member that reports twice counts once (HS-63, RULES.md A.34)', () => {
    const core = new Core({ me: 2 });
    core.learn(certify('prepare', blockOn(GENESIS, 6)));
    core.receive(0, newViewOf(6));
    assert.equal(parentAsked(core.receive(0, newViewOf(6))), undefined);
  });

  test('reports that come before the view do count, an older one of the same member does not undo them', () => {
    const core = new Core({ me: 2, work: false });
    core.receive(0, newViewOf(6));
    core.receive(0, newViewOf(2));
    core.receive(3, newViewOf(6));
    core.step({ kind: 'work', pending: true });
    const effects = core.learn(certify('prepare', blockOn(GENESIS, 6)));
    assert.notEqual(parentAsked(effects), undefined);
  });

  test('reports of other views do not count', () => {
    const core = new Core({ me: 2 });
    core.learn(certify('prepare', blockOn(GENESIS, 6)));
    core.receive(0, newViewOf(10));
    assert.equal(parentAsked(core.receive(3, newViewOf(10))), undefined);
  });

  test('not after a decision in the view before, nor after its timeout certificate', () => {
    const decided = new Core({ me: 2 });
    decided.learn(certify('prepare', B1));
    assert.equal(parentAsked(decided.learn(certify('commit', B1))), B1.digest);
    const over = new Core({ me: 2 });
    const high = certify('prepare', B1);
    const effects = over.receive(0, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(1, high) });
    assert.equal(parentAsked(effects), B1.digest);
  });

  test('and waits after a decision until it is told that something waits still', () => {
    const core = new Core({ me: 2 });
    core.learn(certify('prepare', B1));
    core.step({ kind: 'work', pending: false });
    assert.equal(parentAsked(core.learn(certify('commit', B1))), undefined);
    assert.equal(parentAsked(core.step({ kind: 'work', pending: true })), B1.digest);
  });

  test('after a decision whose prepare certificate it lacks, until it has it', () => {
    const core = new Core({ me: 2 });
    const effects = core.learn(certify('commit', B1));
    assert.equal(parentAsked(effects), undefined);
    assert.ok(sent(effects).includes('new-view all'));
    assert.equal(parentAsked(core.receive(0, newViewOf(2))), undefined);
    // The report that shows it makes up for the others: nothing can be higher.
    const shown = newViewOf(2, { high: certify('prepare', B1) });
    assert.equal(parentAsked(core.receive(3, shown)), B1.digest);
  });

  test('whoever is asked by the leader of its view answers it, and nobody else', () => {
    const core = new Core({ me: 3 });
    assert.deepEqual(sent(core.receive(1, newViewOf(1))), ['new-view 1']);
    assert.deepEqual(sent(core.receive(2, newViewOf(1))), []);
  });
});

describe('a leader counts votes (HS-19)', () => {
  test('a quorum of distinct voters makes the certificate, which it records, votes on and then sends (HS-20)', () => {
    const core = proposed();
    core.receive(2, voteOf(2, 'prepare', B1));
    const effects = core.receive(3, voteOf(3, 'prepare', B1));
    assert.deepEqual(asked(effects), ['pre-commit 1']);
    assert.deepEqual(sent(effects), ['certificate all']);
    assert.ok(kinds(effects).indexOf('sign') < kinds(effects).indexOf('transmit'));
    const certificate = message(effects);
    assert.ok(certificate.kind === 'certificate');
    assert.deepEqual(
      certificate.certificate.signatures.map(({ member }) => member),
      [1, 2, 3],
    );
  });

  test('the vote that completes the commit certificate is decided before it is told', () => {
    const core = proposed();
    for (const phase of ['prepare', 'pre-commit', 'commit'] as const) {
      for (const member of [0, 2, 3]) core.offer(member, voteOf(member, phase, B1));
    }
    assert.equal(core.state.commit.view, 1n);
    const order = kinds(core.effects);
    assert.ok(order.lastIndexOf('commit') < order.lastIndexOf('transmit'));
    assert.ok(order.lastIndexOf('persist') < order.lastIndexOf('transmit'));
  });

  const refused: readonly [string, number, HotStuffMessage][] = [
    ['a vote for a block that was not proposed', 2, voteOf(2, 'prepare', blockOn(GENESIS, 1, { salt: 1 }))],
    [
      'a vote with another height (RULES.md A.19)',
      2,
      { ...voteOf(2, 'prepare', B1), height: blockOn(B1, 2).header.height },
    ],
    ['a vote in the name of another', 2, voteOf(3, 'prepare', B1)],
    ['a vote of a view to come', 2, voteOf(2, 'prepare', blockOn(GENESIS, 5))],
  ];
  for (const [name, from, vote] of refused) {
    test(`${name} is refused before its signature is looked at`, () => {
      assert.notEqual(proposed().judge(from, vote), 'ok');
    });
  }

  test('a second vote of a member, or one after the certificate, is refused and spoils nothing (RULES.md A.18)', () => {
    const core = proposed();
    core.receive(2, voteOf(2, 'prepare', B1));
    assert.equal(core.judge(2, voteOf(2, 'prepare', B1)), 'duplicate');
    core.receive(3, voteOf(3, 'prepare', B1));
    assert.equal(core.judge(0, voteOf(0, 'prepare', B1)), 'duplicate');
    assert.equal(core.state.certificates.prepare?.view, 1n);
  });

  test('one that does not lead refuses votes', () => {
    const core = new Core({ me: 2 });
    core.receiveProposal(B1, GENESIS_PREPARE);
    assert.notEqual(core.judge(3, voteOf(3, 'prepare', B1)), 'ok');
  });

  test('a certificate that completes after giving up is told once', () => {
    const core = proposed();
    core.receive(2, voteOf(2, 'prepare', B1));
    core.fire('view');
    const effects = core.receive(3, voteOf(3, 'prepare', B1));
    assert.deepEqual(asked(effects), []);
    assert.deepEqual(sent(effects), ['certificate all']);
    assert.equal(core.judge(0, voteOf(0, 'prepare', B1)), 'duplicate');
  });

  test('a federation of one decides alone', () => {
    const core = new Core({ me: 0, members: 1 });
    const block = blockOn(GENESIS, 1, { members: 1 });
    const [proposal, prepare] = statementsIn(built(core, block));
    assert.ok(proposal !== undefined && prepare !== undefined);
    core.signed(proposal);
    let effects = core.signed(prepare);
    for (let votes = 0; votes < 2; votes++) effects = core.signed(onlyStatement(effects));
    assert.equal(core.state.commit.digest, block.digest);
    assert.equal(core.state.view, toView(2n));
    assert.equal(GENESIS_COMMIT.view, 0n);
  });
});
