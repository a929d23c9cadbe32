import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parametersFault } from '../parameters.ts';
import { PBFT_TERMS } from './parameters.ts';

const { parameters } = PBFT_TERMS;
const USUAL = Object.fromEntries(
  Object.entries(parameters.bounds)
    .filter(([, { words }]) => words === undefined)
    .map(([name, bound]) => [name, bound.default]),
);

describe('TW-2.12.5 TW-2.12.8 the numbers of PBFT', () => {
  test('TW-2.12.8 a speed multiplies all waits: a tenth makes them ten times as short, five times as long', () => {
    const values = {
      ...USUAL,
      view_timeout_ms: 2_000,
      view_timeout_ms_max: 60_000,
      block_interval_ms: 15_000,
    };
    const at = (speed_percent: number) => parameters.timing({ ...values, speed_percent });
    const whole = { viewTimeoutMs: 2_000, viewTimeoutMsMax: 60_000, blockIntervalMs: 15_000 };
    assert.deepEqual(at(100), whole);
    assert.deepEqual(at(10), { viewTimeoutMs: 200, viewTimeoutMsMax: 6_000, blockIntervalMs: 1_500 });
    assert.deepEqual(at(500), { viewTimeoutMs: 10_000, viewTimeoutMsMax: 300_000, blockIntervalMs: 75_000 });
  });

  test('ask for no time between blocks by themselves', () => {
    assert.equal(parametersFault(parameters, USUAL), undefined);
    assert.equal(parameters.timing(USUAL).blockIntervalMs, 0);
  });

  test('are refused out of their bounds, with the reason', () => {
    const faultOf = (values: Readonly<Record<string, number>>) => {
      const fault = parametersFault(parameters, { ...USUAL, ...values });
      return `${fault?.name}: ${fault?.problem}`;
    };
    assert.match(
      faultOf({ speed_percent: 9 }),
      /^speed_percent: expected a whole number from 10 to 500: all waits/,
    );
    assert.match(faultOf({ block_interval_ms: 3_600_001 }), /^block_interval_ms: .* from 0 to 3600000/);
    assert.match(
      faultOf({ view_timeout_ms: 70_000 }),
      /^view_timeout_ms_max: must be at least view_timeout_ms/,
    );
  });
});
