import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { signerTodo } from './signer-todo.ts';

const WELL = { running: true, mode: 'active', locked: false, fault: '' };
const todo = (change: object) => signerTodo({ ...WELL, ...change }, '--home dave');

describe('signerTodo', () => {
  for (const [what, change, wanted] of [
    ['nothing while it signs', {}, /^nothing$/],
    ['unlock what is locked', { locked: true }, /^btcfed signer unlock --home dave$/],
    [
      'move away from a machine with a fault',
      { locked: true, fault: 'wrong' },
      /^move the key .*unlock --home dave$/,
    ],
    [
      'rotate or recover in quarantine',
      { mode: 'quarantined', locked: true },
      /rotate --help.*state recover/,
    ],
    ['the same for a record that is behind', { running: false, fault: 'older' }, /rotate --help/],
    ['start what does not run', { running: false, locked: undefined, fault: undefined }, /^start the signer/],
    ['leave a retired key alone', { mode: 'retired', running: false }, /^nothing: this key is retired/],
  ] as const) {
    test(what, () => assert.match(todo(change), wanted));
  }
});
