import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  parameterFrom,
  parameterWord,
  saidParameters,
  shownParameters,
  toldParameters,
  unsaidWord,
} from './parameter-words.ts';
import { type ParameterValues, type ProtocolParameters, parametersFault } from './parameters.ts';

const PARAMETERS: ProtocolParameters = {
  bounds: {
    wait_ms: { min: 10, max: 99, default: 20, reason: 'a test' },
    way: { min: 0, max: 2, default: 0, words: ['foot', 'rail', 'air'], reason: 'there are three' },
  },
  fault: () => undefined,
  timing: () => ({ viewTimeoutMs: 1, viewTimeoutMsMax: 1 }),
};
const { bounds } = PARAMETERS;

describe('a number that is said by a word', () => {
  const problemOf = (values: ParameterValues) => parametersFault(PARAMETERS, values)?.problem;

  test('may be left out, or be one of its words but the first', () => {
    for (const way of [{}, { way: 1 }, { way: 2 }])
      assert.equal(problemOf({ wait_ms: 20, ...way }), undefined);
  });

  test('is not said where it is the first: the same terms have one form', () => {
    assert.equal(problemOf({ wait_ms: 20, way: 0 }), 'foot is what holds where it is not said: leave it out');
    assert.deepEqual(saidParameters(bounds, { wait_ms: 20, way: 0 }), { wait_ms: 20 });
    assert.deepEqual(saidParameters(bounds, { wait_ms: 0, way: 1 }), { wait_ms: 0, way: 1 });
  });

  test('is refused beyond its words', () => {
    for (const way of [3, -1, 0.5]) {
      assert.equal(problemOf({ wait_ms: 20, way }), 'expected foot or rail or air: there are three');
    }
  });

  test('leaves other numbers to be said, each', () => {
    assert.match(problemOf({ way: 1 }) ?? '', /^expected a whole number from 10 to 99: a test/);
    assert.match(problemOf({ wait_ms: 20, weight: 1 }) ?? '', /unknown; the protocol has wait_ms, way/);
  });

  test('is read and shown in its word, and others in digits', () => {
    for (const [value, word] of ['foot', 'rail', 'air'].entries()) {
      assert.deepEqual(parameterFrom(bounds['way'], word), { value });
      assert.equal(parameterWord(bounds, 'way', value), word);
    }
    assert.deepEqual(parameterFrom(bounds['wait_ms'], '20'), { value: 20 });
    assert.equal(parameterWord(bounds, 'wait_ms', 20), '20');
    assert.deepEqual(shownParameters(bounds, { way: 2, wait_ms: 20 }), { way: 'air', wait_ms: 20 });
    assert.deepEqual(
      toldParameters(bounds, { wait_ms: 20 }),
      { wait_ms: '20', way: 'foot' },
      'the unsaid one too',
    );
    assert.equal(parameterWord(bounds, 'way', 7), '7', 'a number that this version has no word for');
    assert.equal(unsaidWord(bounds, 'way'), 'foot');
    for (const name of ['wait_ms', 'constructor']) assert.equal(unsaidWord(bounds, name), undefined);
  });

  test('is refused by another word, by its number, and in digits that are none', () => {
    for (const text of ['sea', '1', '', 'Rail']) {
      assert.deepEqual(parameterFrom(bounds['way'], text), {
        problem: `got "${text}"; expected foot or rail or air: there are three`,
      });
    }
    for (const text of ['rail', '-1', '1.5', '']) {
      const read = parameterFrom(bounds['wait_ms'], text);
      assert.match('problem' in read ? read.problem : '', /expected a whole number from 10 to 99/);
    }
    assert.deepEqual(parameterFrom(undefined, 'x'), { problem: 'expected a whole number' });
  });
});
