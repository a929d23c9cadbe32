import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_SCHEME } from './federation-home.ts';
import { genesisParametersFor, type NamedParameters } from './genesis-parameters.ts';

/** The numbers of the protocol in a genesis of ten members that was made with these. */
async function numbersOf(protocol: string, parameters?: NamedParameters) {
  const input = { protocol, scheme: DEFAULT_SCHEME, members: 10, cores: 2, parameters };
  return (await genesisParametersFor(input)).protocolParameters;
}

describe('the numbers of the protocol of a new federation', () => {
  test('are the measured ones, and those of the rest that are usual', async () => {
    const { view_timeout_ms, view_timeout_ms_max, ...others } = await numbersOf('pbft');
    assert.ok(view_timeout_ms !== undefined && view_timeout_ms >= 1_000);
    assert.equal(view_timeout_ms_max, 16 * view_timeout_ms);
    assert.deepEqual(others, { auto_suspend_failures: 0, block_interval_ms: 0, speed_percent: 100 });
    const { vote_path, ...more } = await numbersOf('hotstuff');
    assert.equal(vote_path, 1);
    assert.deepEqual(Object.keys(more).sort(), ['view_timeout_ms', 'view_timeout_ms_max']);
  });

  test('that a person named win over both, in digits or as a word', async () => {
    const named: NamedParameters = [
      ['block_interval_ms', '10000'],
      ['view_timeout_ms', '500'],
    ];
    const { block_interval_ms, view_timeout_ms } = await numbersOf('pbft', named);
    assert.deepEqual([block_interval_ms, view_timeout_ms], [10_000, 500]);
    assert.equal('vote_path' in (await numbersOf('hotstuff', [['vote_path', 'leader']])), false);
  });

  test('are refused by name, with the rule', async () => {
    await assert.rejects(
      numbersOf('hotstuff', [['speed_percent', '50']]),
      /--parameter speed_percent: unknown; the protocol has/,
    );
    await assert.rejects(
      numbersOf('pbft', [['speed_percent', '5']]),
      /--parameter speed_percent: expected a whole number from 10/,
    );
    await assert.rejects(
      numbersOf('pbft', [['speed_percent', 'fast']]),
      /--parameter speed_percent=fast: expected a whole number/,
    );
    await assert.rejects(
      numbersOf('hotstuff', [['vote_path', 'some']]),
      /--parameter vote_path=some: got "some"; expected leader or all/,
    );
    await assert.rejects(numbersOf('pbft', [['__proto__', '5']]), /--parameter __proto__/);
  });
});
