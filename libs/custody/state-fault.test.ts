import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, toView } from '#libs/chain/ids.ts';
import { CustodyWorld, VIRGIN } from '#test/support/signer/custody-world.ts';
import { stateFault } from './state-fault.ts';

/** The state after a vote in view 3. */
function voted() {
  const world = new CustodyWorld();
  world.voteThrough(3);
  return world.custodian.state;
}

test('a state that holds together has no fault: signed, or never used, or of a key that came back', () => {
  assert.equal(stateFault(voted()), undefined);
  assert.equal(stateFault(VIRGIN), undefined);
  const mark = new Map([[0n, { view: toView(9n), step: 4 }]]);
  assert.equal(stateFault({ ...VIRGIN, marks: mark, isRecovered: true }), undefined);
  // Slots of an epoch that is over have no mark any more.
  assert.equal(stateFault({ ...voted(), epoch: toEpoch(1n), marks: new Map() }), undefined);
});

test('a state has a fault with signatures and no mark, or a mark and no signature', () => {
  assert.match(stateFault({ ...voted(), marks: new Map() }) ?? '', /without a mark/);
  const mark = new Map([[0n, { view: toView(9n), step: 4 }]]);
  assert.match(stateFault({ ...VIRGIN, marks: mark }) ?? '', /without/);
});

test('a state has a fault with a signature above its mark, or of an epoch that has not begun', () => {
  const low = new Map([[0n, { view: toView(2n), step: 4 }]]);
  assert.match(stateFault({ ...voted(), marks: low }) ?? '', /above its mark/);
  const signed = new Map([...voted().signed].map(([name, digest]) => [name.replace(/^0/, '1'), digest]));
  const both = new Map([...voted().signed, ...signed]);
  assert.match(stateFault({ ...voted(), signed: both }) ?? '', /above its mark/);
});
