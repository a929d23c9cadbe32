import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { overheard } from './node-monitor.ts';
import type { EngineMonitor } from './ports/engine-ports.ts';

const CALLS = [
  'entered',
  'viewFailed',
  'refused',
  'noticed',
  'signatureRefused',
  'snapshotTaken',
  'transactionWaits',
  'transactionsFinal',
  'blockLost',
  'halted',
  'checkFailed',
  'evidenceFound',
  'evidenceConfirmed',
  'evidenceUnconfirmed',
] as const satisfies readonly (keyof EngineMonitor)[];

/** A monitor that notes its calls and their arguments. */
function noting(notes: unknown[]): EngineMonitor {
  return Object.fromEntries(
    CALLS.map((call) => [call, (...given: unknown[]) => void notes.push([call, ...given])]),
  ) as unknown as EngineMonitor;
}

test('a node hears of refusals itself; all else goes to its monitor as it was told', () => {
  const [told, heard]: [unknown[], unknown[]] = [[], []];
  const monitor = overheard(noting(told), noting(heard));
  for (const call of CALLS) (monitor[call] as (...given: unknown[]) => void)('first', 'second', 'third');
  const namesOf = (notes: unknown[]) => notes.map((each) => (Array.isArray(each) ? each[0] : undefined));
  assert.deepEqual(namesOf(heard), ['refused']);
  assert.deepEqual(
    namesOf(told),
    CALLS.filter((call) => call !== 'refused'),
  );
  monitor.refused(toMemberIndex(2), 'stale', 'a view that is over');
  assert.deepEqual(heard.at(-1), ['refused', toMemberIndex(2), 'stale', 'a view that is over']);
});
