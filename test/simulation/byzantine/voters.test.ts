import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toView } from '#libs/chain/ids.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import { hotStuffCodec } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { blockOn, Core, GENESIS, statementsIn, voteOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  assertHarmless,
  attacked,
  evidenceAgainst,
  refusals,
  TRAITOR,
  viewsGivenUp,
} from '#test/support/simulation/byzantine-run.ts';

const B1 = blockOn(GENESIS, 1);

/** The leader of view 1 of four members, that has proposed B1 and voted for it. */
function leader(): Core {
  const core = new Core({ me: 1 });
  for (const statement of statementsIn(
    core.step({ kind: 'built', position: viewPosition(toView(1n)), block: B1 }),
  )) {
    core.signed(statement);
  }
  assert.deepEqual([...core.state.votes.prepare.keys()], [1]);
  return core;
}

describe('voters that lie', () => {
  test('BYZ-06 a double voter is found out, counts once, and the quorum comes from the others', () => {
    const results = attacked({ actors: ['double-voter'] });
    assertHarmless(results);
    assert.ok(evidenceAgainst(results).includes('double-vote'));
    assert.deepEqual(
      viewsGivenUp(results).filter((each) => each.leader !== TRAITOR),
      [],
    );
  });

  test('BYZ-07 a vote for an unknown block, or with a bad signature, is not counted', () => {
    const core = leader();
    const phantom = blockOn(GENESIS, 1, { salt: 8 });
    assert.notEqual(core.judge(0, voteOf(0, 'prepare', phantom)), 'ok');
    assert.equal(core.judge(2, voteOf(0, 'prepare', B1)), 'wrong-sender');
    const results = attacked({ actors: ['garbler'], members: 4 });
    assertHarmless(results);
    assert.ok(refusals(results, 'bad-signature') > 0);
  });

  test('BYZ-08 who votes only when it likes stops nothing', () => {
    const results = attacked({ actors: ['selective'], seeds: 4 });
    assertHarmless(results);
    assert.deepEqual(evidenceAgainst(results), []);
  });

  test('BYZ-09 who never votes stops nothing, and is accused of nothing', () => {
    const results = attacked({ actors: ['silent'], seeds: 4 });
    assertHarmless(results);
    assert.deepEqual(evidenceAgainst(results), []);
    for (const { leader: of } of viewsGivenUp(results)) assert.equal(of, TRAITOR);
  });

  test('BYZ-10 a vote of another phase does not count in the one that is open', () => {
    const core = leader();
    for (const member of [0, 2, 3]) {
      for (const phase of ['pre-commit', 'commit'] as const) {
        if (member === 0 && core.judge(member, voteOf(member, phase, B1)) === 'ok')
          core.receive(member, voteOf(member, phase, B1));
      }
    }
    assert.deepEqual([...core.state.votes.prepare.keys()], [1]);
    assert.deepEqual(Object.keys(core.state.certificates), []);
    core.receive(2, voteOf(2, 'prepare', B1));
    assert.deepEqual(Object.keys(core.state.certificates), []);
    core.receive(3, voteOf(3, 'prepare', B1));
    assert.equal(core.state.certificates.prepare?.signatures.length, 3);
    assertHarmless(attacked({ actors: ['double-voter', 'mutating-twin'], members: 7 }));
  });
});

describe('messages that are too much', () => {
  test('BYZ-22 too large a message is refused before it is read, and too large a block gets no vote', () => {
    const tooLarge = new Uint8Array(hotStuffCodec.bytesMax + 1);
    assert.deepEqual(hotStuffCodec.decode(tooLarge), {
      ok: false,
      cause: 'oversized',
      detail: 'message too large',
    });
    const results = attacked({ actors: ['glutton'] });
    assertHarmless(results);
    assert.ok(refusals(results, 'oversized') > 0);
    assert.ok(refusals(results, 'far-future') > 0);
    for (const { leader: of } of viewsGivenUp(results)) assert.equal(of, TRAITOR);
  });

  test('BYZ-07 a vote that is cut anywhere, or has bytes behind it, is refused by the wire decoder', () => {
    const bytes = hotStuffCodec.encode({
      ...voteOf(2, 'prepare', B1),
      signature: new Uint8Array(32).fill(5),
    });
    assert.equal(hotStuffCodec.decode(bytes).ok, true);
    for (let length = 0; length < bytes.length - 1; length++) {
      assert.equal(hotStuffCodec.decode(bytes.slice(0, length)).ok, false, `${length} bytes`);
    }
    assert.equal(hotStuffCodec.decode(Uint8Array.from([...bytes, 0xff])).ok, false);
    const results = attacked({ actors: ['byte-garbler'] });
    assertHarmless(results);
    assert.ok(refusals(results, 'malformed') > 0);
  });
});
