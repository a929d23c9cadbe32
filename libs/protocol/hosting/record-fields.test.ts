import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordFields } from './record-fields.ts';

const DIGEST = 'ab'.repeat(32);

const read = <Result>(value: unknown, take: (fields: RecordFields) => Result): Result =>
  RecordFields.all(value, 'the record', take);

describe('the fields of a stored record', () => {
  test('are read by their types', () => {
    const value = { version: 1, view: '18446744073709551615', block: { digest: DIGEST } };
    const result = read(value, (fields) => {
      fields.version(1);
      const view = fields.number('view');
      const digest = fields.object('block', (block) => block.digest('digest'));
      return { view, digest, missing: fields.optional('locked', (name) => fields.digest(name)) };
    });
    assert.deepEqual(result, { view: 2n ** 64n - 1n, digest: DIGEST, missing: undefined });
  });

  for (const [what, value, fault] of [
    ['no object', [], /the record is no object/],
    ['nothing', null, /the record is no object/],
    ['a number that JSON would round', { view: 7 }, /the record\.view is no number/],
    ['a number with a zero in front', { view: '07' }, /the record\.view is no number/],
    ['a number above 64 bits', { view: '18446744073709551616' }, /the record\.view is above 64 bits/],
    ['a missing number', {}, /the record\.view is no number/],
    ['a field that nobody knows', { view: '7', lock: '3' }, /a field lock that this version does not know/],
  ] as const) {
    test(`are refused: ${what}`, () => {
      assert.throws(() => read(value, (fields) => fields.number('view')), fault);
    });
  }

  test('are refused: a digest that is none, and the place of it is said', () => {
    assert.throws(
      () =>
        read({ block: { digest: 'AB' } }, (fields) =>
          fields.object('block', (block) => block.digest('digest')),
        ),
      /the record\.block\.digest is no digest/,
    );
  });

  test('are refused: another version', () => {
    assert.throws(() => read({ version: 2 }, (fields) => fields.version(1)), /not of version 1/);
  });
});
