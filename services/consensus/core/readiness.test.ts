import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight } from '#libs/chain/ids.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import type { MemberStatus } from './ports.ts';
import { isReady, READINESS } from './readiness.ts';

const whole = memoryMember().status;
const lost = { ...whole.quorum, reachable: 2, reachableWeight: 2n, away: ['beta', 'delta'] };

const AT_HEIGHT: Partial<MemberStatus> = {
  mode: 'halted',
  haltReason: 'stopped behind height 9',
  halt: { height: toHeight(9n), isReached: true },
};

function faultsOf(status: MemberStatus): string[] {
  return READINESS.flatMap(({ name, fault }) => (fault(status) === '' ? [] : [`${name}: ${fault(status)}`]));
}

describe('F-41 a member is ready', () => {
  test('F-41 when nothing keeps it from deciding', () => {
    assert.deepEqual([faultsOf(whole), isReady(whole)], [[], true]);
    assert.deepEqual(faultsOf({ ...whole, halt: { height: toHeight(9n), isReached: false } }), []);
  });

  const cases: readonly (readonly [string, Partial<MemberStatus>])[] = [
    ['quorum: 2 of 4 members reachable, 3 needed; away: beta, delta', { quorum: lost }],
    ['takes_transactions: takes no new transactions: its operator is about to stop it', { isDraining: true }],
    ['signer: the key is locked', { signerFault: 'the key is locked' }],
    ['not_halted: chain.db is damaged', { mode: 'halted', haltReason: 'chain.db is damaged' }],
    ['halt_height: stopped behind height 9', AT_HEIGHT],
    ['caught_up: catches up to height 900', { mode: 'catching-up', targetHeight: toHeight(900n) }],
  ];
  for (const [fault, change] of cases) {
    test(`F-41 and not with ${fault}`, () => {
      const status = { ...whole, ...change };
      assert.deepEqual([faultsOf(status), isReady(status)], [[fault], false]);
    });
  }
});
