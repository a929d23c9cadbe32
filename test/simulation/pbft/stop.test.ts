import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideBlocks } from './decide-blocks.ts';
import { PbftFederation } from './pbft-federation.ts';
import { isVoteOf } from './pbft-post.ts';

test('TW-2.12.7: a member of PBFT that is stopped signs no vote any more, not even the one that was next, and sends none; when it starts it votes again', () => {
  const federation = new PbftFederation(4);
  decideBlocks(federation, 1);
  // It has cast its first vote of height 2, and the deciding one waits for the votes of others.
  const held = federation.post.holdBack((carried) => carried.to === 3 && isVoteOf(carried, 'prepare'));
  federation.submit(0, 'half way');
  const signedBy3 = () =>
    federation.seen.signed
      .filter(({ member }) => member === 3)
      .map(({ statement: { kind, instance } }) => `${kind} ${instance}`);
  const signed = signedBy3();
  assert.equal(signed.at(-1), 'prepare 2');
  const sent = federation.post.sent.length;
  federation.stop(3);
  for (const carried of [...held]) federation.deliver(carried);
  federation.post.carry = ({ message }) => message;
  decideBlocks(federation, 2);
  federation.pass(60_000);
  assert.deepEqual(signedBy3(), signed);
  assert.deepEqual(
    federation.post.sent.slice(sent).filter(({ from }) => from === 3),
    [],
  );
  federation.crash(3);
  federation.start(3);
  federation.pass(5_000);
  decideBlocks(federation, 1);
  assert.deepEqual(signedBy3().slice(-2), ['prepare 5', 'commit 5']);
});
