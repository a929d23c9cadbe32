import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { ConsensusStep } from '#libs/protocol/hosting/consensus-step.ts';
import { Federation } from '#test/support/engine/engine-federation.ts';
import type { FederationMember } from '#test/support/engine/federation-member.ts';
import type { Said } from '#test/support/hotstuff/sealed.ts';

const MEMBERS = 4;
const QUORUM = 3;

/** The view that decides one transaction, told by all members. */
function decided() {
  const federation = new Federation(MEMBERS);
  federation.submit(0, 'first');
  federation.isTraced = true;
  const { position, leader } = federation.members[0]!.node.protocol();
  const { view } = position;
  federation.submit(0, 'second');
  federation.isTraced = false;
  const of = (member: FederationMember) => member.steps.filter((step) => step.view === view);
  const validators = federation.members.filter(({ index }) => index !== leader);
  return { view, leader: of(federation.members[leader]!), validators: validators.map(of) };
}

const count = (steps: readonly ConsensusStep[], name: string) =>
  steps.filter((step) => step.name === name).length;

/** Asserts that these steps come, each some time after the one before it. */
function assertOrder(steps: readonly ConsensusStep[], names: readonly string[]): void {
  let at = -1;
  for (const name of names) {
    const next = steps.findIndex((step, index) => index > at && step.name === name);
    assert.notEqual(
      next,
      -1,
      `${name} is missing after ${steps[at]?.name} in ${steps.map((step) => step.name).join(' ')}`,
    );
    at = next;
  }
}

const PHASES = ['prepare', 'precommit', 'commit'] as const;

describe('the steps that members tell', () => {
  test('E2E-01 a leader makes those of the flow diagram, in its order', () => {
    assertOrder(decided().leader, [
      'view_timer_started',
      'proposal_created',
      'storage_tx_begin',
      'storage_tx_commit',
      'proposal_broadcasted',
      'prepare_vote_received',
      'prepare_vote_validated',
      'highest_qc_updated',
      'prepare_qc_formed',
      'storage_tx_commit',
      'prepare_qc_broadcasted',
      'precommit_vote_received',
      'precommit_vote_validated',
      'precommit_qc_formed',
      'locked_qc_updated',
      'storage_tx_commit',
      'precommit_qc_broadcasted',
      'commit_vote_received',
      'commit_vote_validated',
      'commit_qc_formed',
      'commit_qc_broadcasted',
    ]);
  });

  test('E2E-01 a validator makes those of the flow diagram, in its order', () => {
    for (const steps of decided().validators) {
      assertOrder(steps, [
        'proposal_received',
        'proposal_validated',
        'safenode_check_passed',
        'block_added',
        'prepare_vote_created',
        'prepare_vote_sent',
        'prepare_qc_received',
        'prepare_qc_validated',
        'precommit_vote_created',
        'precommit_vote_sent',
        'precommit_qc_received',
        'precommit_qc_validated',
        'locked_qc_updated',
        'commit_vote_created',
        'commit_vote_sent',
        'commit_qc_received',
        'commit_qc_validated',
      ]);
    }
  });

  test('E2E-01 each in the right role and number', () => {
    const { leader, validators } = decided();
    for (const name of ['proposal_created', 'proposal_broadcasted'] as const) {
      assert.equal(count(leader, name), 1, name);
      for (const steps of validators) assert.equal(count(steps, name), 0, name);
    }
    for (const phase of PHASES) {
      assert.equal(count(leader, `${phase}_qc_formed`), 1);
      assert.equal(count(leader, `${phase}_qc_broadcasted`), 1);
      // The leader's own vote is counted where it is made: a quorum needs one less from others.
      assert.ok(count(leader, `${phase}_vote_validated`) >= QUORUM - 1);
      assert.equal(count(leader, `${phase}_vote_sent`), 0);
      for (const steps of validators) {
        assert.equal(count(steps, `${phase}_vote_created`), 1);
        assert.equal(count(steps, `${phase}_vote_sent`), 1);
        assert.equal(count(steps, `${phase}_qc_received`), 1);
        assert.equal(count(steps, `${phase}_qc_formed`), 0);
      }
    }
    for (const steps of [leader, ...validators]) {
      assert.equal(count(steps, 'storage_tx_begin'), count(steps, 'storage_tx_commit'));
      assert.equal(count(steps, 'proposal_rejected'), 0);
    }
  });

  test('a certificate says how many signed, and what decides', () => {
    const formed = decided().leader.find(({ name }) => name === 'prepare_qc_formed');
    assert.equal(formed?.voteCount, QUORUM);
    assert.equal(formed?.required, BigInt(QUORUM));
    assert.equal(formed?.phase, 'prepare');
    assert.match(formed?.digest ?? '', /^[0-9a-f]{64}$/);
  });

  test('a view that fails is told from its timer to the one that follows', () => {
    const federation = new Federation(MEMBERS);
    federation.submit(0, 'first');
    const { position, leader } = federation.members[0]!.node.protocol();
    const { view } = position;
    federation.away.add(leader);
    federation.isTraced = true;
    federation.submit((leader + 1) % MEMBERS, 'second');
    federation.pass(20_000);
    const witness = federation.members.find(({ index }) => index !== leader)!;
    assertOrder(witness.steps, [
      'view_timer_started',
      'view_timeout_detected',
      'storage_tx_commit',
      'timeout_message_sent',
      'timeout_message_received',
      'timeout_message_validated',
      'view_change_started',
      'leader_elected',
      'new_view_started',
    ]);
    const started = witness.steps.find(({ name }) => name === 'view_change_started');
    assert.deepEqual([started?.oldView, started?.view], [view, view + 1n]);
    const timer = witness.steps.find(({ name }) => name === 'view_timer_started');
    assert.deepEqual([timer?.timeoutMs, timer?.isTimeoutCapped], [1_000, false]);
  });

  test('a refused proposal says why', () => {
    const federation = new Federation(MEMBERS);
    federation.submit(0, 'first');
    federation.isTraced = true;
    const { leader } = federation.members[0]!.node.protocol();
    const proposals: Said[] = [];
    federation.tamper = (_, sent) => {
      if (sent.body.kind === 'proposal') proposals.push({ ...sent.body });
      return [sent];
    };
    federation.submit(0, 'second');
    federation.send(leader, { to: 'all', body: proposals[0]! });
    federation.settle();
    const witness = federation.members.find(({ index }) => index !== leader)!;
    const rejected = witness.steps.find(({ name }) => name === 'proposal_rejected');
    assert.deepEqual([rejected?.reason, rejected?.member], ['view_invalid', leader]);
  });

  test('LOG-20 nothing is gathered while nobody wants it', () => {
    const federation = new Federation(MEMBERS);
    federation.submit(0, 'first');
    for (const { steps } of federation.members) assert.deepEqual(steps, []);
  });
});

describe('the trace id of a transaction', () => {
  test('P2P-93 reaches every member with the transaction, also with one that is said again', () => {
    const federation = new Federation(MEMBERS);
    const id = 'ab'.repeat(16);
    const late = toMemberIndex(3);
    federation.away.add(late);
    federation.members[0]!.node.submit(transactionOf(Buffer.from('traced')), { traceId: id });
    federation.settle();
    for (const { index, heard } of federation.members) {
      assert.deepEqual(
        heard.map(({ traceId }) => traceId),
        index === late ? [] : [id],
      );
    }
  });

  test('P2P-93 a transaction without one goes its way without', () => {
    const federation = new Federation(MEMBERS);
    federation.submit(1, 'plain');
    for (const { heard } of federation.members) assert.equal(heard[0]?.traceId, undefined);
  });
});
