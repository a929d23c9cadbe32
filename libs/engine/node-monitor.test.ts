import assert from 'node:assert/strict';
import { test } from 'node:test';
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

type Heard = 'refused' | 'halted';
const HEARD: readonly (readonly Heard[])[] = [[], ['refused'], ['halted'], ['refused', 'halted']];

for (const names of HEARD) {
  test(`a listener of ${names.join(' and ') || 'nothing'} hears of it first; all else goes to the monitor as it was told`, () => {
    const [told, heard]: [unknown[], unknown[]] = [[], []];
    const first = noting(heard);
    const monitor = overheard(noting(told), Object.fromEntries(names.map((name) => [name, first[name]])));
    const isFirst = (call: string) => names.some((name) => name === call);
    for (const call of CALLS) (monitor[call] as (...given: unknown[]) => void)('first', 'second', 'third');
    const given = (call: string) => [call, 'first', 'second', 'third'];
    const [theirs, others] = [CALLS.filter(isFirst), CALLS.filter((call) => !isFirst(call))];
    assert.deepEqual([heard, told.map(firstOf)], [theirs.map(given), others]);
  });
}

function firstOf(note: unknown): unknown {
  return Array.isArray(note) ? note[0] : undefined;
}
