import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { prng } from '#libs/random/prng.ts';
import { type MessageField, readFields, writeFields } from './message-fields.ts';
import { spoilt } from './spoilt-bytes.ts';

const VALUE = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.uint8Array({ maxLength: 200 }));
const FIELDS = fc.array(
  fc.record({ number: fc.bigInt({ min: 1n, max: 1_000n }), value: VALUE }, { noNullPrototype: true }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

/** All numbers in fields, at any depth. */
function numbersIn(fields: readonly MessageField[]): readonly bigint[] {
  return fields.flatMap(({ value }) =>
    typeof value === 'bigint' ? [value] : numbersIn(readFields(value) ?? []),
  );
}

describe('the fields of a message', () => {
  test('are read as they were written', () => {
    fc.assert(fc.property(FIELDS, (fields) => assert.deepEqual(readFields(writeFields(fields)), fields)));
  });

  test('are none where the bytes end within one, are of fixed size or have no number', () => {
    for (const bytes of [[], [0x08], [0x0a, 5, 1], [0x0d, 1, 2, 3, 4], [0x00, 1], Array(11).fill(0xff)])
      assert.equal(readFields(Uint8Array.from(bytes)), undefined);
  });
});

describe('a spoilt message', () => {
  const inner = writeFields([{ number: 2n, value: 7n }]);
  const message = writeFields([
    { number: 1n, value: 5n },
    { number: 3n, value: inner },
  ]);

  test('is the same for a seed, for any bytes, and given as other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(), (bytes, seed) => {
        const before = Uint8Array.from(bytes);
        assert.deepEqual(spoilt(bytes, prng(seed)), spoilt(bytes, prng(seed)));
        assert.deepEqual(bytes, before);
      }),
    );
  });

  test('has now and then a field left out, one doubled, and an extreme at any depth, with the lengths around it right', () => {
    const all = Array.from({ length: 400 }, (_, seed) => readFields(spoilt(message, prng(seed))) ?? []);
    assert.ok(all.some((fields) => fields.length === 1));
    assert.ok(all.some((fields) => fields.length === 3));
    const deep = all.flatMap((fields) => numbersIn(fields.filter(({ number }) => number === 3n)));
    assert.ok(deep.includes(2n ** 64n - 1n));
    assert.ok(deep.includes(8n));
  });
});
