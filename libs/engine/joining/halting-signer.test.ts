import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toHeight, toView } from '#libs/chain/ids.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { SignerPort } from '#libs/replica/ports.ts';
import { HaltHeight } from '../ports/halt-height.ts';
import { haltingSigner } from './halting-signer.ts';

function vote(height: bigint): VoteStatement {
  return blockStatement('prepare', toView(7n), {
    height: toHeight(height),
    digest: toDigest('ab'.repeat(32)),
  });
}

/** A view is given up in this instance: a height, or 0 where views run across heights. */
function leave(instance: bigint): VoteStatement {
  return { kind: 'timeout', instance, view: toView(7n), block: undefined, reports: [] };
}

/** The questions that reach a signer that stops behind height 5, and its answers. */
function asked(statement: VoteStatement, { halt = new HaltHeight(toHeight(5n)), final = 4n } = {}) {
  const seen: VoteStatement[] = [];
  const answers: string[] = [];
  const key: SignerPort = {
    sign(each, _, done) {
      seen.push(each);
      done({ kind: 'signed', signature: new Uint8Array([1]) });
    },
  };
  const signer = haltingSigner(key, { halt, finalHeight: () => final });
  signer.sign(statement, {}, ({ kind }) => answers.push(kind));
  return { asked: seen.length, answers };
}

describe('the signer of a member that stops behind a height', () => {
  test('signs all up to and including it', () => {
    for (const statement of [vote(4n), vote(5n), leave(0n), leave(5n)])
      assert.deepEqual(asked(statement), { asked: 1, answers: ['signed'] });
  });

  test('is not asked for anything above it', () => {
    for (const statement of [vote(6n), leave(6n)])
      assert.deepEqual(asked(statement), { asked: 0, answers: ['over'] });
  });

  test('is asked for nothing at all once it is final, not even to give a view up', () => {
    for (const statement of [vote(5n), leave(0n), leave(5n)])
      assert.deepEqual(asked(statement, { final: 5n }), { asked: 0, answers: ['over'] });
  });

  test('signs all without a height', () => {
    for (const statement of [vote(6n), leave(6n)])
      assert.deepEqual(asked(statement, { halt: new HaltHeight(), final: 9n }), {
        asked: 1,
        answers: ['signed'],
      });
  });
});
