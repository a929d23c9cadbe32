import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { callerPlaceOf, traceparentOf } from './traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const GOOD = `00-${TRACE}-${SPAN}-01`;

describe('P2P-93 a traceparent', () => {
  test('names trace, span and whether the caller records, as the example of the W3C does', () => {
    assert.deepEqual(callerPlaceOf(GOOD), { traceId: TRACE, spanId: SPAN, isSampled: true });
    assert.equal(callerPlaceOf(`00-${TRACE}-${SPAN}-00`)?.isSampled, false);
    assert.equal(callerPlaceOf(`00-${TRACE}-${SPAN}-03`)?.isSampled, true);
  });

  test('of a later version is read as far as it is known, with or without more behind it', () => {
    for (const text of [`01-${TRACE}-${SPAN}-01`, `cc-${TRACE}-${SPAN}-01-what-comes`])
      assert.equal(callerPlaceOf(text)?.traceId, TRACE, text);
  });

  for (const [why, text] of [
    ['nothing', ''],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['version 00 with more behind it', `${GOOD}-more`],
    ['capital letters', GOOD.toUpperCase()],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['a short trace', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a long span', `00-${TRACE}-${SPAN}0-01`],
    ['no flags', `00-${TRACE}-${SPAN}`],
    ['white space', ` ${GOOD}`],
    ['two at once', `${GOOD}, ${GOOD}`],
    ['a text of a stranger without end', `cc-${TRACE}-${SPAN}-01-${'x'.repeat(1_000)}`],
  ] as const) {
    test(`is ignored: ${why}`, () => assert.equal(callerPlaceOf(text), undefined));
  }

  test('that is written is read again', () => {
    const digits = (length: number) =>
      fc
        .uint8Array({ minLength: length, maxLength: length })
        .map((bytes) => Buffer.from(bytes).toString('hex'))
        .filter((hex) => !/^0+$/.test(hex));
    fc.assert(
      fc.property(digits(16), digits(8), (traceId, spanId) => {
        assert.deepEqual(callerPlaceOf(traceparentOf({ traceId, spanId })), {
          traceId,
          spanId,
          isSampled: true,
        });
      }),
    );
  });
});
