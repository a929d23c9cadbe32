import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { Federation, signatureOf } from './engine-federation.ts';

describe('a federation of a test', () => {
  test('passes a mistake of the test on to it, where the simulator would note it and go on', () => {
    const federation = new Federation(4);
    federation.tamper = () => {
      throw new Error('a mistake of the test');
    };
    assert.throws(() => federation.submit(0, 'first'), /a mistake of the test/);
  });

  test('makes the signatures of its members as a test makes them', () => {
    const federation = new Federation(4);
    const seen: boolean[] = [];
    federation.tamper = (_, sent) => {
      const { body } = sent;
      if (body.kind !== 'vote') return [sent];
      const { phase: kind, view, height, digest, member, signature } = body;
      seen.push(
        Buffer.from(signatureOf(member, blockStatement(kind, view, { height, digest }))).equals(signature),
      );
      return [sent];
    };
    federation.submit(0, 'first');
    assert.deepEqual([seen.length > 0, seen.every(Boolean)], [true, true]);
  });

  test('leaves a member that is away out, and brings it back', () => {
    const federation = new Federation(4);
    const away = toMemberIndex(3);
    federation.away.add(away);
    federation.submit(0, 'first');
    assert.deepEqual(
      federation.members.map(({ chain }) => chain.final.length),
      [2, 2, 2, 1],
    );
    federation.comeBack(away);
    federation.pass(20_000);
    assert.equal(federation.member(3).chain.final.length, 2);
  });
});
