import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AttachmentEvent, Attachments } from './attachments.ts';

const FRAME = { peer: 'a', trafficClass: 'consensus', payload: Uint8Array.of(1) } as const;

const IGNORED = { onRoom: () => {}, onDropped: () => {} };

async function next(events: AsyncGenerator<AttachmentEvent, void>): Promise<AttachmentEvent | undefined> {
  const step = await events.next();
  return step.done === true ? undefined : step.value;
}

describe('attachments', () => {
  test('F-41 one is attached from its first moment until it leaves', () => {
    const attachments = new Attachments(IGNORED);
    assert.equal(attachments.isAttached, false);
    const first = attachments.attach([]);
    const second = attachments.attach([]);
    assert.deepEqual([first.isOver, attachments.isAttached], [true, true]);
    attachments.detach(first);
    assert.equal(attachments.isAttached, true);
    attachments.detach(second);
    assert.equal(attachments.isAttached, false);
  });

  test('tell a new consensus who is connected before any frame', async () => {
    const attachments = new Attachments(IGNORED);
    attachments.receive(FRAME);
    const events = attachments.attach(['a', 'b']).events();
    assert.deepEqual(await next(events), { kind: 'peer', key: 'a', connected: true });
    assert.deepEqual(await next(events), { kind: 'peer', key: 'b', connected: true });
    assert.deepEqual(await next(events), { kind: 'frame', delivery: FRAME });
  });

  test('wake a consensus that waits for a frame', async () => {
    const attachments = new Attachments(IGNORED);
    const waiting = next(attachments.attach([]).events());
    attachments.receive(FRAME);
    assert.deepEqual(await waiting, { kind: 'frame', delivery: FRAME });
  });

  test('tell only the last of several news of one peer', async () => {
    const attachments = new Attachments(IGNORED);
    const attachment = attachments.attach(['a']);
    attachments.peerChanged('a', false);
    attachments.peerChanged('b', true);
    attachments.peerChanged('a', true);
    const events = attachment.events();
    assert.deepEqual(
      [await next(events), await next(events)],
      [
        { kind: 'peer', key: 'b', connected: true },
        { kind: 'peer', key: 'a', connected: true },
      ],
    );
  });

  test('end the older when a newer one comes, and give frames to the newer alone', async () => {
    const attachments = new Attachments(IGNORED);
    const older = attachments.attach([]).events();
    const ended = assert.rejects(next(older), { detail: { code: 'GATEWAY_REPLACED' } });
    const newer = attachments.attach([]).events();
    attachments.receive(FRAME);
    await ended;
    assert.deepEqual(await next(newer), { kind: 'frame', delivery: FRAME });
  });

  test('leave a newer one alone when the older leaves late', async () => {
    const attachments = new Attachments(IGNORED);
    const older = attachments.attach([]);
    const newer = attachments.attach([]).events();
    attachments.detach(older);
    attachments.receive(FRAME);
    assert.deepEqual(await next(newer), { kind: 'frame', delivery: FRAME });
  });

  test('end quietly for a consensus that leaves', async () => {
    const attachments = new Attachments(IGNORED);
    const attachment = attachments.attach([]);
    const waiting = next(attachment.events());
    attachments.detach(attachment);
    assert.equal(await waiting, undefined);
  });

  test('drop what nobody takes, beyond a few', () => {
    const attachments = new Attachments(IGNORED);
    for (let count = 0; count < 100; count++) attachments.receive(FRAME);
    assert.equal(attachments.dropped, 68);
  });
});
