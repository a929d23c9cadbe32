import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sha256Hex } from '#libs/bytes/sha256.ts';
import { sealBlock } from '#libs/chain/block.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CONTEXT, CustodyWorld } from '#test/support/signer/custody-world.ts';
import type { CustodyRequest } from './custody-context.ts';
import { withMode, withNewSession } from './session.ts';

const BLOCK = blockOn(GENESIS, 1);
const OTHER = blockOn(GENESIS, 1, { salt: 1 });
/** The key leads view 4. */
const OWN = blockOn(GENESIS, 4);

/** A world in which everything about BLOCK and OTHER was verified. */
function world(): CustodyWorld {
  const made = new CustodyWorld();
  for (const block of [BLOCK, OTHER, OWN]) {
    made.proposed(block);
    for (const phase of ['prepare', 'pre-commit'] as const) made.certified(phase, block);
  }
  return made;
}

describe('a key binds itself (libs/custody/README.md 3.2)', () => {
  test('SIG-07 it signs its own bytes of a typed statement, never bytes that it is given', () => {
    const decision = world().ask(world().about('prepare', BLOCK));
    assert.ok(decision.kind === 'sign');
    const scope = { chain: toDigest('c'.repeat(64)), protocol: 'hotstuff', epoch: toEpoch(0n) };
    const { digest } = BLOCK;
    const message = signingBytes(
      scope,
      blockStatement('prepare', toView(1n), { height: toHeight(1n), digest }),
    );
    assert.deepEqual(decision.message, message);
    assert.equal(decision.digest, sha256Hex(message));
  });

  test('to one chain, one epoch and one protocol', () => {
    const one = world();
    const good = one.about('prepare', BLOCK);
    assert.equal(one.outcome({ ...good, chain: toDigest('d'.repeat(64)) }), 'WRONG_CHAIN');
    assert.equal(one.outcome({ ...good, epoch: toEpoch(1n) }), 'WRONG_EPOCH');
    const foreign = { ...good, statement: { ...good.statement, kind: 'view-change' } };
    assert.equal(one.outcome(foreign), 'WRONG_KIND');
    assert.equal(one.outcome({ ...good, statement: { ...good.statement, instance: 1n } }), 'WRONG_KIND');
    assert.equal(one.outcome({ ...good, statement: { ...good.statement, block: undefined } }), 'WRONG_KIND');
    assert.equal(one.outcome({ ...good, statement: { ...good.statement, view: toView(0n) } }), 'WRONG_KIND');
    assert.equal(one.outcome(good), 'sign');
  });

  test('to the newest session alone, also for what was signed before it', () => {
    const one = world();
    const old = one.about('prepare', BLOCK);
    assert.equal(one.outcome(old), 'sign');
    one.custodian.replace(withNewSession(one.custodian.state));
    assert.equal(one.outcome(old), 'SESSION_FENCED');
    assert.equal(one.outcome({ ...old, session: 2n }), 'SESSION_FENCED');
    assert.equal(one.outcome(one.about('prepare', BLOCK)), 'repeat');
  });

  test('and signs nothing at all in quarantine', () => {
    const one = world();
    one.ask(one.about('prepare', BLOCK));
    one.custodian.replace(withMode(one.custodian.state, 'quarantined'));
    assert.equal(one.outcome(one.about('prepare', BLOCK)), 'QUARANTINED');
    assert.equal(one.outcome(one.timeout(1)), 'QUARANTINED');
  });
});

describe('a slot and the mark (libs/custody/README.md G2, 3.3 rule 1)', () => {
  for (const kind of ['prepare', 'pre-commit', 'commit'] as const) {
    test(`a second ${kind} of one view is refused, the same one repeated`, () => {
      const one = world();
      assert.equal(one.outcome(one.about(kind, BLOCK)), 'sign');
      assert.equal(one.outcome(one.about(kind, OTHER)), 'CONFLICTING_SLOT');
      assert.equal(one.outcome(one.about(kind, BLOCK)), 'repeat');
      assert.equal(one.restarted().outcome(one.about(kind, BLOCK)), 'repeat');
    });
  }

  test('a block of another height in one slot is another statement', () => {
    const one = world();
    one.ask(one.about('pre-commit', BLOCK));
    const statement = blockStatement('pre-commit', toView(1n), {
      height: toHeight(2n),
      digest: BLOCK.digest,
    });
    assert.equal(one.outcome(one.request(statement)), 'CONFLICTING_SLOT');
  });

  test('phases only go up, and a vote without the ones before it is one', () => {
    const one = world();
    assert.equal(one.outcome(one.about('commit', BLOCK)), 'sign');
    assert.equal(one.outcome(one.about('prepare', BLOCK)), 'STALE_SLOT');
    assert.equal(one.outcome(one.about('pre-commit', BLOCK)), 'STALE_SLOT');
  });

  test('after leaving a view nothing new is signed in it, nor in an earlier one', () => {
    const one = world();
    one.ask(one.about('prepare', BLOCK));
    assert.equal(one.outcome(one.timeout(3)), 'sign');
    assert.equal(one.outcome(one.about('pre-commit', BLOCK)), 'STALE_SLOT');
    assert.equal(one.outcome(one.timeout(2)), 'STALE_SLOT');
    assert.equal(one.outcome(one.about('prepare', BLOCK)), 'repeat');
    assert.equal(one.outcome(one.about('proposal', OWN)), 'sign');
  });

  test('the facts of a refusal are a diagnosis', () => {
    const one = world();
    const first = one.ask(one.about('prepare', BLOCK));
    const second = one.ask(one.about('prepare', OTHER));
    assert.ok(first.kind === 'sign' && second.kind === 'refuse');
    assert.equal(second.facts.signed, first.digest);
    assert.deepEqual(second.facts.mark, { view: 1n, step: 1 });
  });
});

describe('a proposal and the vote for it (libs/custody/README.md 3.3 rule 2, rule 3)', () => {
  test('only the leader of a view proposes in it, once', () => {
    const one = world();
    assert.equal(one.outcome(one.about('proposal', BLOCK)), 'NOT_LEADER');
    assert.equal(one.outcome(one.about('proposal', OWN)), 'sign');
    assert.equal(one.outcome(one.about('proposal', blockOn(GENESIS, 4, { salt: 1 }))), 'CONFLICTING_SLOT');
  });

  test('a leader votes for its own proposal, and for no other of its view', () => {
    const one = new CustodyWorld();
    assert.equal(one.outcome(one.about('prepare', OWN)), 'PROPOSAL_UNKNOWN');
    one.ask(one.about('proposal', OWN));
    assert.equal(one.outcome(one.about('prepare', blockOn(GENESIS, 4, { salt: 1 }))), 'PROPOSAL_UNKNOWN');
    assert.equal(one.outcome(one.about('prepare', OWN)), 'sign');
  });

  test('a vote needs the leader, who signed this very proposal', () => {
    const one = new CustodyWorld();
    assert.equal(one.outcome(one.about('prepare', BLOCK)), 'PROPOSAL_UNKNOWN');
    one.proposed(OTHER);
    assert.equal(one.outcome(one.about('prepare', BLOCK)), 'PROPOSAL_UNKNOWN');
    one.proposed(BLOCK);
    assert.equal(one.outcome(one.about('prepare', BLOCK)), 'sign');
  });

  test('without its header nothing is begun', () => {
    const one = world();
    const { header: _, ...bare } = one.about('prepare', BLOCK);
    assert.equal(one.outcome({ ...bare, header: undefined }), 'GROUNDS_MISSING');
    assert.equal(one.outcome({ ...one.about('proposal', OWN), justifyView: undefined }), 'GROUNDS_MISSING');
  });

  const header = BLOCK.header;
  for (const [name, change] of [
    ['another view', { view: toView(2n) }],
    ['another epoch', { epoch: toEpoch(1n) }],
    ['another leader', { proposer: toMemberIndex(2) }],
    ['another height than its parent asks for', { height: toHeight(2n) }],
    ['a parent that is not the root', { parent: toDigest('9'.repeat(64)) }],
  ] as const) {
    test(`a block of ${name} is refused`, () => {
      const one = new CustodyWorld();
      const bad = sealBlock({ ...header, ...change }, []);
      one.proposed(bad, toView(1n));
      assert.equal(one.outcome(one.about('prepare', bad, { view: 1 })), 'BAD_BLOCK');
    });
  }

  test('a header that is not the one of the digest is refused', () => {
    const one = world();
    assert.equal(one.outcome({ ...one.about('prepare', BLOCK), header: OTHER.header }), 'BAD_BLOCK');
  });

  test('the certificate of its parent is verified, and older than the view', () => {
    const one = new CustodyWorld();
    const child = blockOn(BLOCK, 2);
    one.proposed(child);
    assert.equal(one.outcome(one.about('prepare', child, { justifyView: 1 })), 'CERT_UNKNOWN');
    one.certified('pre-commit', BLOCK);
    assert.equal(one.outcome(one.about('prepare', child, { justifyView: 1 })), 'CERT_UNKNOWN');
    one.certified('prepare', BLOCK);
    assert.equal(one.outcome(one.about('prepare', child, { justifyView: 2 })), 'BAD_BLOCK');
    assert.equal(one.outcome(one.about('prepare', child, { justifyView: 1 })), 'sign');
  });
});

describe('certificates of a phase (libs/custody/README.md 3.3 rule 4, rule 5)', () => {
  for (const [kind, needed] of [
    ['pre-commit', 'prepare'],
    ['commit', 'pre-commit'],
  ] as const) {
    test(`${kind} needs the ${needed} certificate of this very block and view`, () => {
      const one = new CustodyWorld();
      one.certified(needed, OTHER);
      one.certified(needed, BLOCK, toView(2n));
      one.certified(kind, BLOCK);
      assert.equal(one.outcome(one.about(kind, BLOCK)), 'CERT_UNKNOWN');
      one.certified(needed, BLOCK);
      assert.equal(one.outcome(one.about(kind, BLOCK)), 'sign');
    });
  }

  test('a vote names the height that was certified with its block', () => {
    const one = world();
    for (const kind of ['pre-commit', 'commit'] as const) {
      const { digest } = BLOCK;
      const statement = blockStatement(kind, toView(1n), { height: toHeight(2n), digest });
      assert.equal(one.outcome(one.request(statement)), 'CERT_UNKNOWN');
      assert.equal(one.outcome(one.about(kind, BLOCK)), 'sign');
    }
  });

  test('a restarted signer has forgotten what it verified, save what it acted on', () => {
    const one = new CustodyWorld();
    const block = one.voteThrough(1, GENESIS, 'pre-commit');
    one.certified('pre-commit', block);
    const again = one.restarted();
    assert.equal(again.outcome(again.about('commit', block)), 'CERT_UNKNOWN');
    const child = blockOn(block, 2);
    again.proposed(child);
    assert.equal(again.outcome(again.about('prepare', child, { justifyView: 1 })), 'sign');
  });
});

describe('the lock (libs/custody/README.md 3.3 rule 3)', () => {
  test('is the pre-commit certificate that was voted COMMIT on, with the mark', () => {
    const one = new CustodyWorld();
    const block = one.voteThrough(1);
    assert.deepEqual(one.custodian.state.lock, { view: 1n, height: 1n, digest: block.digest });
  });

  test('is never a prepare certificate: a COMMIT vote on one is refused', () => {
    const one = new CustodyWorld();
    const block = one.voteThrough(1, GENESIS, 'pre-commit');
    const { lock } = one.custodian.state;
    assert.equal(one.outcome(one.about('commit', block)), 'CERT_UNKNOWN');
    assert.deepEqual(one.custodian.state.lock, lock);
  });

  test('holds against a block that was justified before it', () => {
    const one = new CustodyWorld();
    one.voteThrough(1);
    const fork = blockOn(GENESIS, 2);
    one.proposed(fork);
    assert.equal(one.outcome(one.about('prepare', fork)), 'UNSAFE_BRANCH');
    const restarted = one.restarted();
    restarted.proposed(fork);
    assert.equal(restarted.outcome(restarted.about('prepare', fork)), 'UNSAFE_BRANCH');
  });

  test('lets a block pass that extends it, or that a newer certificate justifies', () => {
    const one = new CustodyWorld();
    const locked = one.voteThrough(1);
    const child = blockOn(locked, 2);
    one.proposed(child);
    assert.equal(one.outcome(one.about('prepare', child, { justifyView: 1 })), 'sign');
    const rival = blockOn(GENESIS, 2, { salt: 5 });
    one.certified('prepare', rival);
    const onRival = blockOn(rival, 3);
    one.proposed(onRival);
    assert.equal(one.outcome(one.about('prepare', onRival, { justifyView: 2 })), 'sign');
  });

  test('lets the locked block itself be proposed again', () => {
    const one = new CustodyWorld();
    const locked = one.voteThrough(1);
    one.proposed(locked, toView(2n));
    assert.equal(one.outcome(one.about('prepare', locked, { justifyView: 1, view: 2 })), 'sign');
    const rival = blockOn(GENESIS, 1, { salt: 5 });
    one.certified('prepare', rival);
    one.proposed(rival, toView(3n));
    assert.equal(one.outcome(one.about('prepare', rival, { justifyView: 1, view: 3 })), 'UNSAFE_BRANCH');
  });

  test('never falls, whatever is voted for later', () => {
    const one = new CustodyWorld();
    const block = one.voteThrough(1);
    one.voteThrough(2, block, 'pre-commit');
    assert.equal(one.custodian.state.lock?.view, 1n);
  });
});

describe('leaving a view (libs/custody/README.md 3.3 rule 6)', () => {
  test('reports only what is verified, of this view at most', () => {
    const one = new CustodyWorld();
    assert.equal(one.outcome(one.timeout(1, BLOCK)), 'CERT_UNKNOWN');
    one.certified('prepare', BLOCK);
    one.certified('prepare', BLOCK, toView(3n));
    assert.equal(one.outcome(one.timeout(2, BLOCK, toView(3n))), 'UNSAFE_REPORT');
    assert.equal(one.outcome(one.timeout(1, BLOCK)), 'sign');
  });

  test('never hides the certificate that was voted PRE-COMMIT on', () => {
    const one = new CustodyWorld();
    const block = one.voteThrough(1, GENESIS, 'pre-commit');
    assert.equal(one.outcome(one.timeout(1)), 'UNSAFE_REPORT');
    assert.equal(one.restarted().outcome(one.timeout(1)), 'UNSAFE_REPORT');
    assert.equal(one.outcome(one.timeout(1, block)), 'sign');
  });
});

describe('the jump bound (libs/custody/README.md 3.3 rule 7)', () => {
  test('nothing is signed far above what is proved, so that no key is made mute for ever', () => {
    const one = new CustodyWorld();
    assert.equal(one.outcome(one.timeout(9)), 'VIEW_JUMP');
    assert.equal(one.outcome(one.timeout(8)), 'sign');
    assert.equal(one.outcome(one.timeout(9)), 'VIEW_JUMP');
    one.custodian.facts.left({ instance: 0n, view: toView(8n) });
    assert.equal(one.outcome(one.timeout(16)), 'sign');
  });

  test('what was proved is not forgotten with the process', () => {
    const one = new CustodyWorld();
    one.custodian.facts.left({ instance: 0n, view: toView(20n) });
    one.ask(one.timeout(21));
    assert.equal(one.restarted().outcome(one.timeout(28)), 'sign');
    assert.equal(one.restarted().outcome(one.timeout(29)), 'VIEW_JUMP');
  });
});

describe('a custodian', () => {
  test('changes nothing until a decision is committed', () => {
    const one = world();
    one.custodian.decide(one.about('prepare', BLOCK));
    assert.equal(one.custodian.state.marks.size, 0);
    assert.equal(one.outcome(one.about('prepare', OTHER)), 'sign');
  });

  test('refuses to commit a decision that another one overtook, or twice', () => {
    const { custodian, ...one } = { custodian: world().custodian, about: world().about.bind(world()) };
    const ask = (request: CustodyRequest) => custodian.decide(request);
    const first = ask(one.about('prepare', BLOCK));
    const second = ask(one.about('prepare', OTHER));
    assert.ok(first.kind === 'sign' && second.kind === 'sign');
    assert.throws(() => custodian.commit(first), { name: 'AssertionError' });
    custodian.commit(second);
    assert.throws(() => custodian.commit(second), { name: 'AssertionError' });
  });

  test('begins an epoch at its root, which needs no certificate', () => {
    const root = { view: toView(7n), height: toHeight(5n), digest: BLOCK.digest };
    const one = new CustodyWorld(undefined, { ...CONTEXT, root });
    const first = sealBlock(
      { ...blockOn(BLOCK, 8).header, height: toHeight(6n), view: toView(8n), proposer: toMemberIndex(0) },
      [],
    );
    assert.equal(one.outcome(one.about('proposal', first, { justifyView: 7 })), 'sign');
  });
});
