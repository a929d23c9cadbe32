import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { AppError } from '#libs/errors/app-error.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { blockOn } from '#test/support/hotstuff/hotstuff-harness.ts';
import { atTheEnd } from '#test/support/signer/signer-epoch-end.ts';
import { withGrounds } from '#test/support/signer/signer-peers.ts';

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no refusal',
    ({ detail }: AppError<{ readonly code: string }>) => detail.code,
  );

describe('an epoch that ends while a certificate of it is verified', () => {
  test('is not taken for the next: its certificates prove nothing there', async () => {
    await using world = await atTheEnd();
    const { core, put, handOver, again, certificate, next, others, last } = world;
    await put(certificate);
    const late = put(await again(25n));
    // Its certificate is known already, so it begins the next epoch before the other is verified.
    await handOver();
    assert.equal(await codeOf(late), 'SIGNER_WRONG_EPOCH');
    const report = { ...others.timeout(26, { ...last, header: { ...last.header, view: toView(25n) } }) };
    assert.equal(await codeOf(core.api.sign({ ...report, scope: next })), 'SIGNER_CERT_UNKNOWN');
  });

  test('nor is one that came with a vote', async () => {
    await using world = await atTheEnd();
    const { core, put, handOver, again, certificate, next, scope, others, last } = world;
    await put(certificate);
    const late = certificateToWire(await again(25n));
    const vote = withGrounds({ ...others.vote('pre-commit', last), scope }, { certificate: late });
    const ended = handOver();
    const voted = core.api.sign(vote);
    await ended;
    assert.equal(await codeOf(voted), 'SIGNER_WRONG_EPOCH');
    const report = { ...others.timeout(26, { ...last, header: { ...last.header, view: toView(25n) } }) };
    assert.equal(await codeOf(core.api.sign({ ...report, scope: next })), 'SIGNER_CERT_UNKNOWN');
  });

  test('and a signature of this key in it does not put the key into quarantine', async () => {
    await using world = await atTheEnd();
    const { core, put, handOver, again, ownVote, certificate } = world;
    await put(certificate);
    await put(await again(24n));
    const own = await core.api.sign(await ownVote(25n));
    const mine = { member: toMemberIndex(0), signature: own.signature };
    const theirs = await again(25n, [1, 2]);
    // Its own signature is known; two of others are to be verified.
    const late = put({ ...theirs, signatures: [mine, ...theirs.signatures] });
    await handOver();
    assert.equal(await codeOf(late), 'SIGNER_WRONG_EPOCH');
    assert.equal((await core.api.getSigner()).mode, 'active');
  });

  test('nor does a signature that is made in it pass for one of the next', async () => {
    await using world = await atTheEnd();
    const { core, put, handOver, again, ownVote, certificate, next } = world;
    await put(certificate);
    await put(await again(24n));
    const voted = core.api.sign(await ownVote(25n));
    // The vote is judged and recorded by then, and its signature is still made.
    await handOver();
    const { signature } = await voted;
    await setImmediate();
    const forged = await again(25n, [1, 2], 1n);
    const signatures = [{ member: toMemberIndex(0), signature }, ...forged.signatures];
    assert.equal(await codeOf(put({ ...forged, signatures }, next)), 'SIGNER_CERT_INVALID');
    assert.equal((await core.api.getSigner()).mode, 'active');
  });
});

test('an epoch does not end for a key below a block that it gave its COMMIT in it', async () => {
  await using world = await atTheEnd();
  const { core, put, handOver, certificate, others, last, scope } = world;
  await put(certificate);
  const child = blockOn(last, 21);
  for (const phase of ['prepare', 'pre-commit'] as const) await put(await others.certificate(phase, child));
  // The hosts of all members are hostile: they show nobody that the block before ended the epoch, until a child is decided.
  await core.api.sign({ ...others.vote('pre-commit', child), scope });
  await core.api.sign({ ...others.vote('commit', child), scope });
  assert.equal(await codeOf(handOver()), 'SIGNER_UNSAFE_BRANCH');
  assert.equal((await core.api.getSigner()).epoch, 0n);
});
