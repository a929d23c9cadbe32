import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { byClass, TRAFFIC_CLASSES, type TrafficClass } from '../../core/traffic-class.ts';
import { Inbox, type PushResult } from './inbox.ts';

function inboxOf({ attached = true }: { attached?: boolean } = {}): {
  inbox: Inbox;
  woken: string[];
  push: (peer: string, trafficClass: TrafficClass, mark?: number) => PushResult;
} {
  const woken: string[] = [];
  const inbox = new Inbox({
    bounds: byClass(() => ({ framesMax: 4, bytesMax: 100 })),
    detachedBound: { framesMax: 2, bytesMax: 100 },
    onRoom: (peer, trafficClass) => woken.push(`${peer} ${trafficClass}`),
    onDropped: () => {},
  });
  inbox.setAttached(attached);
  const push = (peer: string, trafficClass: TrafficClass, mark = 0): PushResult =>
    inbox.push({ peer, trafficClass, payload: Uint8Array.of(mark) });
  return { inbox, woken, push };
}

describe('inbox', () => {
  test('HS-59 TW-2.7.4 gives consensus first, then sync, then transactions', () => {
    const { inbox, push } = inboxOf();
    for (const each of TRAFFIC_CLASSES.toReversed()) push('a', each);
    assert.deepEqual(
      [inbox.take(), inbox.take(), inbox.take(), inbox.take()].map((delivery) => delivery?.trafficClass),
      ['consensus', 'sync', 'transaction', undefined],
    );
  });

  test('takes one frame from each peer in turn, however many one of them sent', () => {
    const { inbox, push } = inboxOf();
    for (const mark of [1, 2, 3]) push('flood', 'consensus', mark);
    push('b', 'consensus', 7);
    push('c', 'consensus', 8);
    const order = [1, 2, 3, 4, 5].map(() => inbox.take()?.peer);
    assert.deepEqual(order, ['flood', 'b', 'c', 'flood', 'flood']);
  });

  test('F-15: drops all that waits of a peer that is forgotten, and takes the others in their turn', () => {
    const { inbox, push, woken } = inboxOf();
    for (const mark of [1, 2, 3, 4]) push('flood', 'consensus', mark);
    push('flood', 'sync');
    push('b', 'consensus', 7);
    inbox.forget('flood');
    inbox.forget('unknown');
    assert.equal(inbox.dropped, 5);
    push('flood', 'consensus', 9);
    assert.deepEqual(
      [1, 2, 3].map(() => inbox.take()?.payload[0]),
      [7, 9, undefined],
    );
    assert.deepEqual(woken, []);
  });

  test('F-15: holds no more of a peer whose share is full, however many streams it opens, and wakes them once there is room', () => {
    for (const each of ['consensus', 'sync'] as const) {
      const { inbox, push, woken } = inboxOf();
      for (let mark = 1; mark <= 4; mark++) push('flood', each, mark);
      for (let at = 0; at < 100; at++) assert.equal(push('flood', each), 'full');
      assert.equal(inbox.dropped, 100);
      assert.deepEqual(
        [1, 2, 3, 4, 5].map(() => inbox.take()?.payload[0]),
        [1, 2, 3, 4, undefined],
      );
      assert.deepEqual(woken, [`flood ${each}`]);
    }
  });

  test('F-15: wakes the streams of a peer that filled its share before consensus was there', () => {
    const { inbox, woken } = inboxOf({ attached: false });
    const large = { peer: 'a', trafficClass: 'sync', payload: new Uint8Array(100) } as const;
    inbox.push(large);
    inbox.setAttached(true);
    assert.equal(inbox.push(large), 'full');
    inbox.take();
    assert.deepEqual(woken, ['a sync']);
  });

  test('keeps the order of one peer and class', () => {
    const { inbox, push } = inboxOf();
    for (const mark of [1, 2, 3]) push('a', 'sync', mark);
    assert.deepEqual(
      [1, 2, 3].map(() => inbox.take()?.payload[0]),
      [1, 2, 3],
    );
  });

  test('makes a stream of consensus or sync rest when its share is full, and wakes it at half', () => {
    for (const each of ['consensus', 'sync'] as const) {
      const { inbox, woken, push } = inboxOf();
      assert.deepEqual(
        [1, 2, 3, 4].map(() => push('a', each)),
        ['taken', 'taken', 'taken', 'full'],
      );
      assert.equal(push('b', each), 'taken');
      inbox.take();
      assert.deepEqual(woken, []);
      while (inbox.take() !== undefined);
      assert.deepEqual(woken, [`a ${each}`]);
    }
  });

  test('counts bytes as well as frames', () => {
    const { inbox } = inboxOf();
    const payload = new Uint8Array(100);
    assert.equal(inbox.push({ peer: 'a', trafficClass: 'consensus', payload }), 'full');
  });

  test('drops transactions beyond their share and counts them', () => {
    const { inbox, woken, push } = inboxOf();
    const results = [1, 2, 3, 4, 5, 6].map(() => push('a', 'transaction'));
    assert.deepEqual(results, ['taken', 'taken', 'taken', 'taken', 'dropped', 'dropped']);
    assert.equal(inbox.dropped, 2);
    while (inbox.take() !== undefined);
    assert.deepEqual(woken, []);
    assert.equal(push('a', 'transaction'), 'taken');
  });

  test('keeps the newest few of each peer and class while nobody takes them', () => {
    const { inbox, push } = inboxOf({ attached: false });
    assert.deepEqual(
      [1, 2, 3].map((mark) => push('a', 'consensus', mark)),
      ['taken', 'taken', 'dropped'],
    );
    assert.equal(push('b', 'consensus', 9), 'taken');
    inbox.setAttached(true);
    assert.deepEqual(
      [1, 2, 3, 4].map(() => inbox.take()?.payload[0]),
      [2, 9, 3, undefined],
    );
    assert.equal(inbox.dropped, 1);
  });

  test('wakes what rests when consensus leaves', () => {
    const { inbox, woken, push } = inboxOf();
    for (const mark of [1, 2, 3, 4]) push('a', 'consensus', mark);
    inbox.setAttached(false);
    assert.deepEqual(woken, ['a consensus']);
    assert.equal(inbox.dropped, 2);
  });

  test('loses nothing of consensus while somebody is attached, and wakes everyone it made rest', () => {
    const peer = fc.constantFrom('a', 'b', 'c');
    const step = fc.record({ peer, trafficClass: fc.constantFrom('consensus', 'sync'), takes: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { pushed, taken, dropped, resting } = play(steps);
        assert.deepEqual({ taken, dropped, resting }, { taken: pushed, dropped: 0, resting: 0 });
      }),
    );
  });
});

interface Step {
  readonly peer: string;
  readonly trafficClass: string;
  readonly takes: number;
}

/** Pushes and takes as told, then takes all that is left. A stream that rests is not read, so it pushes nothing. */
function play(steps: readonly Step[]) {
  const { inbox, woken, push } = inboxOf();
  const resting = new Set<string>();
  let [pushed, taken] = [0, 0];
  const take = (): boolean => {
    const delivery = inbox.take();
    for (const name of woken.splice(0)) assert.ok(resting.delete(name));
    taken += delivery === undefined ? 0 : 1;
    return delivery !== undefined;
  };
  for (const each of steps) {
    const name = `${each.peer} ${each.trafficClass}`;
    if (!resting.has(name)) {
      pushed += 1;
      if (push(each.peer, each.trafficClass as TrafficClass) === 'full') resting.add(name);
    }
    for (let count = 0; count < each.takes; count++) take();
  }
  while (take());
  return { pushed, taken, dropped: inbox.dropped, resting: resting.size };
}
