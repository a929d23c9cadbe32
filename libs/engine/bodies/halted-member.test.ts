import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { Federation } from '#test/support/engine/engine-federation.ts';

/** The timeout of views in the federation of the tests. */
const VIEW_MS = 1_000;
/** Longer than anybody is asked for one proposal. */
const LONG_MS = 20_000;
/** The leader of view v is member v mod n, and the first view is 1. */
const LEADER = toMemberIndex(1);
const OTHER = toMemberIndex(2);
const WAITING = toMemberIndex(3);
const HIDDEN: readonly string[] = ['transactions', 'waiting', 'bodies-response', 'block-response'];
const ASKING: readonly string[] = ['bodies-request', 'block-request', 'signatures-request'];

/** Four members, one of which proposes what it gives to nobody, and nobody else proposes; `asked`: who asked for a part of a message since the last look. */
function federation() {
  const four = new Federation(4);
  const askers: MemberIndex[] = [];
  four.isNaming = true;
  four.tamper = (from, sent) => {
    if (ASKING.includes(sent.body.kind)) askers.push(from);
    const isLost = from === LEADER ? HIDDEN.includes(sent.body.kind) : sent.body.kind === 'proposal';
    return isLost ? [] : [sent];
  };
  return { four, asked: () => askers.splice(0) };
}

describe('a member that waits for transactions', () => {
  test('asks on for them while it runs', () => {
    const { four, asked } = federation();
    four.submit(LEADER, 'hidden');
    assert.ok(asked().includes(WAITING));
    four.pass(LONG_MS);
    assert.ok(asked().includes(WAITING));
  });

  test('and halts by itself asks for nothing any more, while others do', () => {
    const { four, asked } = federation();
    four.submit(LEADER, 'hidden');
    const { chain, refused } = four.member(WAITING);
    chain.flush = () => assert.fail('the disk is full');
    // Something else waits, so its view ends, and it records that.
    four.submit(OTHER, 'second');
    for (let ms = 0; !refused.some((each) => each.startsWith('halted')); ms++) {
      assert.ok(ms < 2 * VIEW_MS);
      four.pass(1);
    }
    asked();
    four.pass(LONG_MS);
    const others = asked();
    assert.deepEqual([others.includes(WAITING), others.length > 0], [false, true]);
  });

  test('and is stopped asks for nothing any more', () => {
    const { four, asked } = federation();
    four.submit(LEADER, 'hidden');
    four.member(WAITING).node.stop();
    asked();
    four.pass(LONG_MS);
    assert.ok(!asked().includes(WAITING));
  });

  test('and is stopped before a proposal comes asks nobody for it', () => {
    const { four, asked } = federation();
    four.member(WAITING).node.stop();
    four.submit(LEADER, 'hidden');
    const askers = asked();
    assert.deepEqual([askers.includes(WAITING), askers.length > 0], [false, true]);
  });
});
