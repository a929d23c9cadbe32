import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { prng } from '#libs/random/prng.ts';
import { Schedule } from '../time/schedule.ts';
import { Lives } from './lives.ts';
import type { Process } from './process.ts';

const PEER = toMemberIndex(1);

/** Writes down its calls with the time of each. */
class NotedProcess implements Process<undefined, undefined> {
  readonly waiting = 0;
  readonly state = undefined;
  readonly membership = undefined;
  readonly calls: string[] = [];
  readonly #schedule: Schedule;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  start(): void {
    this.#note('start');
  }

  stop(): void {
    this.#note('stop');
  }

  receive(): void {
    throw new Error('torn');
  }

  peerConnected(): void {
    this.#note('peer');
  }

  submit(): void {}

  #note(text: string): void {
    this.calls.push(`${this.#schedule.nowMs} ${text}`);
  }
}

function livesIn() {
  const schedule = new Schedule(prng(1));
  const failures: unknown[] = [];
  const lives = new Lives<undefined, undefined>(schedule, (error) => failures.push(error));
  const begin = () => {
    const life = new NotedProcess(schedule);
    lives.begin(life);
    return life;
  };
  const drain = () => {
    while (!schedule.isEmpty) schedule.step();
  };
  return { schedule, failures, lives, begin, drain };
}

describe('the lives of an instance', () => {
  test('handle an input at the end of a pause, and the longer of two pauses counts', () => {
    const { lives, begin, drain } = livesIn();
    const life = begin();
    lives.pause(50);
    lives.pause(20);
    lives.give((each) => each.peerConnected(PEER));
    drain();
    assert.deepEqual(life.calls, ['0 start', '50 peer']);
  });

  test('give an input of a pause to the life that runs by then, and lose it when none does', () => {
    const { lives, begin, drain } = livesIn();
    const first = begin();
    lives.pause(50);
    lives.give((each) => each.peerConnected(PEER));
    lives.end();
    const second = begin();
    drain();
    assert.deepEqual(
      [first.calls, second.calls],
      [
        ['0 start', '0 stop'],
        ['0 start', '50 peer'],
      ],
    );
    lives.end();
    lives.give(() => assert.fail('nobody is there'));
    assert.equal(lives.current, undefined);
  });

  test('do what a life planned in that life alone', () => {
    const { lives, begin, drain } = livesIn();
    const done: string[] = [];
    begin();
    lives.later(10, () => done.push('of the first'));
    lives.end();
    begin();
    lives.later(10, () => done.push('of the second'));
    drain();
    assert.deepEqual(done, ['of the second']);
  });

  test('report what a life throws, and nothing else stops', () => {
    const { lives, begin, failures } = livesIn();
    const life = begin();
    lives.give((each) => each.receive(PEER, { kind: 'bytes', bytes: new Uint8Array() }));
    lives.give((each) => each.peerConnected(PEER));
    assert.equal(failures.length, 1);
    assert.deepEqual(life.calls, ['0 start', '0 peer']);
  });
});
