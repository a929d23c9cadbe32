import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { genesisCertificate } from '../certificate.ts';
import { HOTSTUFF_DESCRIPTION } from '../hotstuff/description.ts';
import type { HotStuffMessage } from '../hotstuff/message.ts';
import type { SafetyRecord } from '../hotstuff/record.ts';
import { HOTSTUFF_TABLE } from '../hotstuff/vote-table.ts';
import type { ProtocolContext, PublicState } from '../module.ts';
import { validatorSet } from '../validator-set.ts';
import { host } from './host.ts';
import type { HostedRecord } from './hosted-protocol.ts';

const GENESIS = toDigest('a'.repeat(64));
const EPOCH = toEpoch(0n);
const commit = genesisCertificate(HOTSTUFF_TABLE, 'commit', GENESIS);
const high = genesisCertificate(HOTSTUFF_TABLE, 'prepare', GENESIS);
const report: HotStuffMessage = {
  kind: 'new-view',
  view: toView(2n),
  high,
  commit,
  timeoutCertificate: undefined,
};
const record: SafetyRecord = {
  epoch: EPOCH,
  view: toView(7n),
  voted: {},
  timedOut: undefined,
  proposed: undefined,
  high,
  locked: undefined,
  commit,
  timeoutCertificate: undefined,
};

function contextWith(restored: HostedRecord | undefined): ProtocolContext<HostedRecord> {
  const members = [0, 1, 2, 3].map((index) => ({
    name: `m${index}`,
    publicKey: Uint8Array.of(index),
    weight: 1n,
  }));
  const set = validatorSet(EPOCH, members);
  return {
    ...{ me: toMemberIndex(0), set, table: HOTSTUFF_TABLE, tip: commit, restored },
    scope: { chain: GENESIS, protocol: HOTSTUFF_TABLE.protocol, epoch: EPOCH },
    root: { height: commit.height, view: commit.view, digest: GENESIS },
    timing: { viewTimeoutMs: 1_000, viewTimeoutMsMax: 4_000 },
    parameters: {},
    leader: HOTSTUFF_DESCRIPTION.leaders(set),
  };
}

const own = host(HOTSTUFF_DESCRIPTION);
const other = host(HOTSTUFF_DESCRIPTION);
const FROM = toMemberIndex(1);

describe('a hosted protocol', () => {
  test('does what its module does: only states, messages and records are closed', () => {
    const { state } = own.module.init(contextWith(undefined));
    const bare = HOTSTUFF_DESCRIPTION.module.init({ ...contextWith(undefined), restored: undefined });
    const { effects } = own.module.step(state, { kind: 'start' });
    const bareEffects = HOTSTUFF_DESCRIPTION.module.step(bare.state, { kind: 'start' }).effects;
    assert.deepEqual(
      effects.map(({ kind }) => kind),
      bareEffects.map(({ kind }) => kind),
    );
    const sent = effects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.message] : []));
    const bareSent = bareEffects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.message] : []));
    assert.notEqual(sent.length, 0);
    assert.deepEqual(sent.map(own.messages.open), bareSent);
    const shown = (whole: PublicState) => ({ ...whole, tally: whole.tally() });
    const bareShown = shown(HOTSTUFF_DESCRIPTION.module.snapshot(bare.state));
    assert.deepEqual(shown(own.module.snapshot(state)), bareShown);
  });

  test('starts from the record that it closed', () => {
    const closed = own.records.close(record);
    const { state } = own.module.init(contextWith(closed));
    assert.equal(own.module.snapshot(state).position.view, 7n);
    assert.deepEqual([closed.protocol, closed.epoch, closed.reached.view], ['hotstuff', 0n, 7n]);
    assert.deepEqual(closed.blocks, [GENESIS, GENESIS]);
  });

  test('says of a message what its module says', () => {
    const closed = own.messages.close(report);
    assert.deepEqual(own.module.reported(closed), { instance: 0n, view: 2n });
    assert.equal(own.module.ownClaim(closed), undefined);
    const shown = own.module.decision(commit);
    assert.deepEqual(own.messages.open(shown), HOTSTUFF_DESCRIPTION.module.decision(commit));
    assert.equal(closed.name, 'new-view');
  });

  test('closes a message that is sent again as the same one, so that it is written once', () => {
    assert.equal(own.messages.close(report), own.messages.close(report));
  });
});

describe('what another host closed', () => {
  const foreign = other.messages.close(report);

  test('opens to nothing', () => {
    assert.equal(own.messages.open(foreign), undefined);
    assert.equal(own.records.open(other.records.close(record)), undefined);
  });

  test('is refused as a message, and says nothing', () => {
    const { state } = own.module.init(contextWith(undefined));
    assert.deepEqual(own.module.admit(state, FROM, foreign), { ok: false, cause: 'malformed' });
    assert.deepEqual([own.module.reported(foreign), own.module.ownClaim(foreign)], [undefined, undefined]);
  });

  test('ends the step as a state, a record, or a message that nobody refused', () => {
    const { state } = own.module.init(contextWith(undefined));
    const { state: theirs } = other.module.init(contextWith(undefined));
    const belongs = /belongs to another protocol/;
    assert.throws(() => own.module.step(theirs, { kind: 'start' }), belongs);
    assert.throws(() => own.module.init(contextWith(other.records.close(record))), belongs);
    assert.throws(() => own.module.step(state, { kind: 'message', from: FROM, message: foreign }), belongs);
  });
});
