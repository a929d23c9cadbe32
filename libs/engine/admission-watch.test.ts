import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import type { HostedModule, HostedState } from '#libs/protocol/hosting/hosted-protocol.ts';
import { blockOn, certify, GENESIS, proposalOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { AdmissionWatch } from './admission-watch.ts';

const ANN = toMemberIndex(1);
const MESSAGE = sealed(proposalOf(blockOn(GENESIS, 1), certify('prepare', GENESIS)));

/** A module whose states are numbers, each of which admits messages or not. */
function watch(admitting: readonly number[]) {
  const asked: unknown[] = [];
  const stateOf = (state: number) => ({ state: state as unknown as HostedState, effects: [] });
  const module = {
    id: 'counting',
    init: () => stateOf(0),
    step: (state: HostedState) => stateOf((state as unknown as number) + 1),
    admit: (state: HostedState, ...message: unknown[]) => {
      asked.push(message);
      return admitting.includes(state as unknown as number)
        ? { ok: true }
        : { ok: false, cause: 'wrong-sender' };
    },
  } as unknown as HostedModule;
  return { asked, own: new AdmissionWatch(module) };
}

test('a message is judged by the state that the replica is in, and by nothing before it has one', () => {
  const { asked, own } = watch([1]);
  const { module } = own;
  assert.equal(own.admits(ANN, MESSAGE), false);
  assert.deepEqual(asked, []);
  let { state } = module.init(undefined as never);
  const seen = [own.admits(ANN, MESSAGE)];
  for (const _ of [1, 2]) {
    ({ state } = module.step(state, { kind: 'start' }));
    seen.push(own.admits(ANN, MESSAGE));
  }
  assert.deepEqual(seen, [false, true, false]);
  assert.deepEqual(asked[0], [ANN, MESSAGE]);
  assert.equal(module.id, 'counting');
});
