import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, mock, test } from 'node:test';
import { ConnectionRoom, type PlaceHolder } from './connection-room.ts';

class Connection extends EventEmitter {
  destroyed = false;
  pings = 0;
  readonly #answers: string;
  #pong: (() => void) | undefined;

  constructor(answers: 'at once' | 'never' | 'late' = 'at once') {
    super();
    this.#answers = answers;
  }

  get holder(): PlaceHolder {
    return this as unknown as PlaceHolder;
  }

  ping(pong: () => void): boolean {
    assert.ok(!this.destroyed, 'as Node: to ask a session that is destroyed throws');
    this.pings += 1;
    if (this.#answers === 'at once') pong();
    else this.#pong = pong;
    return true;
  }

  pong(): void {
    this.#pong?.();
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

describe('the places of a key', () => {
  test('are for the connections that came first, and are free again when these are gone', () => {
    const room = new ConnectionRoom(2);
    const [first, second, third] = [new Connection(), new Connection(), new Connection()];
    assert.ok(room.enter('a', first.holder) && room.enter('a', second.holder));
    assert.ok(room.enter('a', first.holder), 'it has one already');
    assert.ok(!room.enter('a', third.holder));
    assert.ok(room.enter('b', third.holder), 'another key has its own');
    first.destroy();
    const fourth = new Connection();
    assert.ok(room.enter('a', fourth.holder));
    assert.ok(!room.enter('a', new Connection().holder));
  });

  test('are not for a connection that is gone already', () => {
    const room = new ConnectionRoom(1);
    const gone = new Connection();
    gone.destroy();
    assert.ok(!room.enter('a', gone.holder));
    assert.ok(room.enter('a', new Connection().holder));
  });

  test('are free as soon as their connection is destroyed, before anybody says that it is closed', () => {
    const room = new ConnectionRoom(1);
    const first = new Connection();
    assert.ok(room.enter('a', first.holder));
    first.destroyed = true;
    const second = new Connection();
    assert.ok(room.enter('a', second.holder));
    first.emit('close');
    assert.ok(!room.enter('a', new Connection().holder), 'the second keeps its place');
    assert.equal(first.pings, 0);
  });

  test('are taken from a connection that does not answer, and from no other', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const room = new ConnectionRoom(1);
      const dead = new Connection('never');
      const next = new Connection('late');
      room.enter('a', dead.holder);
      assert.ok(!room.enter('a', next.holder) && !room.enter('a', next.holder));
      assert.equal(dead.pings, 1, 'asked once at a time');
      mock.timers.tick(999);
      assert.ok(!dead.destroyed);
      mock.timers.tick(1);
      assert.ok(dead.destroyed);
      assert.ok(room.enter('a', next.holder));
      assert.ok(!room.enter('a', new Connection().holder));
      next.pong();
      mock.timers.tick(5_000);
      assert.ok(!next.destroyed, 'it answered');
      assert.ok(!room.enter('a', new Connection().holder));
      assert.equal(next.pings, 2);
    } finally {
      mock.timers.reset();
    }
  });
});
