import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import {
  asked,
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_COMMIT,
  GENESIS_PREPARE,
  gaveUp,
  newViewOf,
  proposalOf,
  signedBy,
  timeoutOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import type { QuorumCertificate } from '../certificate.ts';
import type { LeaveCertificate } from '../leave-certificate.ts';
import { hotStuffClaims } from './claims.ts';
import { EARLY_VIEWS_MAX } from './limits.ts';
import type { HotStuffMessage, Proposal } from './message.ts';
import { blockStatement } from './statements.ts';

const B1 = blockOn(GENESIS, 1);
const B2 = blockOn(B1, 2);
const GOOD = proposalOf(B1, GENESIS_PREPARE);

function certificate(certificate: QuorumCertificate): HotStuffMessage {
  return { kind: 'certificate', certificate };
}

function timeoutCertificate(timeoutCertificate: LeaveCertificate): HotStuffMessage {
  return { kind: 'timeout-certificate', timeoutCertificate };
}

type Row = readonly [name: string, from: number, message: HotStuffMessage, cause: string];

function refuses(rows: readonly Row[], core: () => Core): void {
  for (const [name, from, message, cause] of rows) {
    test(`${name}: ${cause}`, () => {
      const { state } = core();
      const one = core();
      assert.equal(one.judge(from, message), cause);
      assert.deepEqual(one.state.view, state.view);
    });
  }
}

describe('a proposal is admitted (HS-12, HS-13, HS-15)', () => {
  test('F-71: not under the digest of another block', () => {
    const foreign = { ...B1, digest: blockOn(GENESIS, 1, { salt: 3 }).digest };
    assert.equal(new Core().judge(1, proposalOf(foreign, GENESIS_PREPARE)), 'invalid');
  });

  test('from the leader, on the block that its justification certifies', () => {
    assert.equal(new Core().judge(1, GOOD), 'ok');
    assert.equal(new Core().judge(2, proposalOf(B2, certify('prepare', B1))), 'ok');
    assert.equal(
      new Core().judge(2, proposalOf(B2, certify('prepare', B1), gaveUp(1, certify('prepare', B1)))),
      'ok',
    );
  });

  const usurped = sealBlock({ ...B1.header, proposer: toMemberIndex(2) }, []);
  const otherEpoch = sealBlock({ ...B1.header, epoch: toEpoch(1n) }, []);
  const tooHigh = sealBlock({ ...B1.header, height: toHeight(2n) }, []);
  const farView = Number(EARLY_VIEWS_MAX) + 2;
  refuses(
    [
      ['from one that does not lead (RULES.md A.14)', 2, GOOD, 'wrong-sender'],
      ['of one that does not lead, in its own name', 2, proposalOf(usurped, GENESIS_PREPARE), 'wrong-sender'],
      [
        'from the leader, of another proposer',
        1,
        proposalOf(blockOn(GENESIS, 2), GENESIS_PREPARE),
        'wrong-sender',
      ],
      [
        'of a view far ahead',
        farView % 4,
        proposalOf(blockOn(GENESIS, farView), GENESIS_PREPARE),
        'far-future',
      ],
      ['of another epoch', 1, proposalOf(otherEpoch, GENESIS_PREPARE), 'invalid'],
      ['at a height that skips one', 1, proposalOf(tooHigh, GENESIS_PREPARE), 'invalid'],
      ['on another block than it justifies', 2, proposalOf(B2, GENESIS_PREPARE), 'invalid'],
      ['F-64: HS-15 on the sibling of the block that it justifies', 2, onSibling(), 'invalid'],
      [
        'justified by a certificate of another phase (RULES.md A.2)',
        2,
        proposalOf(B2, certify('commit', B1)),
        'invalid',
      ],
      [
        'justified by its own view',
        2,
        proposalOf(B2, { ...certify('prepare', B1), view: toView(2n) }),
        'invalid',
      ],
      ['justified by too few', 2, proposalOf(B2, certify('prepare', B1, [0, 1])), 'invalid'],
      ['justified by a genesis of a later view (RULES.md A.5)', 2, inflatedGenesis(), 'invalid'],
      [
        'with a timeout certificate of another view',
        2,
        proposalOf(B2, certify('prepare', B1), gaveUp(3)),
        'invalid',
      ],
      ['below what its timeout certificate reports (RULES.md C.5.5)', 2, hidesHigh(), 'invalid'],
    ],
    () => new Core(),
  );

  test('once of each leader and view: a second one is refused, in this view and before it', () => {
    const core = new Core();
    core.receive(1, GOOD);
    assert.equal(core.judge(1, GOOD), 'duplicate');
    assert.equal(
      core.judge(1, proposalOf(blockOn(GENESIS, 1, { salt: 1 }), GENESIS_PREPARE)),
      'equivocation',
    );
    const early = proposalOf(blockOn(GENESIS, 2), GENESIS_PREPARE);
    core.receive(2, early);
    assert.equal(core.judge(2, early), 'duplicate');
    assert.equal(
      core.judge(2, proposalOf(blockOn(GENESIS, 2, { salt: 1 }), GENESIS_PREPARE)),
      'equivocation',
    );
  });

  test('far ahead, when it proves that its view is due', () => {
    const view = Number(EARLY_VIEWS_MAX) + 2;
    const proposal = proposalOf(blockOn(GENESIS, view), GENESIS_PREPARE, gaveUp(view - 1));
    assert.equal(new Core().judge(view % 4, proposal), 'ok');
  });

  test('not of a view that is over, given up, or far ahead, and the view that waits times out (HS-25)', () => {
    const over = new Core();
    over.learn(certify('commit', B1));
    assert.equal(over.judge(1, GOOD), 'stale');
    const core = new Core();
    const farAhead = proposalOf(blockOn(GENESIS, farView), GENESIS_PREPARE);
    assert.equal(core.judge(farView % 4, farAhead), 'far-future');
    assert.deepEqual(asked(core.fire('view')), ['timeout 1']);
    assert.equal(core.judge(1, GOOD), 'stale');
  });

  function inflatedGenesis(): Proposal {
    return proposalOf(blockOn(GENESIS, 2), { ...GENESIS_PREPARE, view: toView(1n) });
  }

  /** Its height is right, and its parent alone is wrong. */
  function onSibling(): HotStuffMessage {
    const sibling = blockOn(GENESIS, 1, { salt: 5 });
    return proposalOf(blockOn(sibling, 2), certify('prepare', B1));
  }

  function hidesHigh(): Proposal {
    return proposalOf(blockOn(GENESIS, 2), GENESIS_PREPARE, gaveUp(1, certify('prepare', B1)));
  }
});

describe('a certificate is admitted (HS-07, HS-27)', () => {
  test('when it is news, of whatever view', () => {
    assert.equal(new Core().judge(3, certificate(certify('prepare', B2))), 'ok');
    assert.equal(new Core().judge(3, certificate(certify('commit', blockOn(B1, 1_000_000)))), 'ok');
  });

  const good = certify('commit', B2);
  refuses(
    [
      ['of too few (BYZ-25)', 3, certificate(certify('commit', B2, [0, 1])), 'invalid'],
      [
        'of one signer many times (RULES.md A.16)',
        3,
        certificate(certify('commit', B2, [3, 3, 3])),
        'invalid',
      ],
      ['of unsorted signers (RULES.md A.21)', 3, certificate(certify('commit', B2, [0, 2, 1])), 'invalid'],
      ['of an unknown signer (RULES.md A.21)', 3, certificate(certify('commit', B2, [0, 1, 4])), 'invalid'],
      ['of genesis, signed', 3, certificate({ ...good, view: toView(0n) }), 'stale'],
      [
        'of genesis at a far view (RULES.md A.5)',
        3,
        certificate({ ...GENESIS_COMMIT, view: toView(9n) }),
        'invalid',
      ],
    ],
    () => new Core(),
  );
});

describe('a timeout or a report is admitted', () => {
  const high = certify('prepare', B1);
  test('with certificates that can have existed when it was made', () => {
    assert.equal(new Core().judge(2, timeoutOf(2, 1, { high })), 'ok');
    assert.equal(new Core().judge(2, newViewOf(2, { high, commit: certify('commit', B1) })), 'ok');
  });

  refuses(
    [
      ['a timeout in the name of another (RULES.md A.39)', 3, timeoutOf(2, 1), 'wrong-sender'],
      ['with a certificate of a later view', 2, timeoutOf(2, 1, { high: certify('prepare', B2) }), 'invalid'],
      ['with a decision of its own view', 2, newViewOf(1, { commit: certify('commit', B1) }), 'invalid'],
      [
        'with a highest certificate of another phase',
        2,
        newViewOf(2, { high: certify('commit', B1) }),
        'invalid',
      ],
      ['with a decision of another phase', 2, newViewOf(2, { commit: certify('prepare', B1) }), 'invalid'],
      ['with a thin certificate', 2, timeoutOf(2, 2, { high: certify('prepare', B1, [2]) }), 'invalid'],
      [
        'with a timeout certificate of its own view',
        2,
        timeoutOf(2, 2, { timeoutCertificate: gaveUp(2) }),
        'invalid',
      ],
      ['a timeout certificate of too few', 3, timeoutCertificate(thin()), 'invalid'],
      ['a timeout certificate that hides its highest report', 3, timeoutCertificate(hiding()), 'invalid'],
    ],
    () => new Core(),
  );

  function thin(): LeaveCertificate {
    const whole = gaveUp(1);
    return { ...whole, shares: whole.shares.slice(1) };
  }

  function hiding(): LeaveCertificate {
    return { ...gaveUp(2, high), high: GENESIS_PREPARE };
  }
});

describe('claims', () => {
  test('name every signature of a message, those of the certificates inside included', () => {
    const high = certify('prepare', B1);
    const commit = certify('commit', B1);
    const over = gaveUp(2, high);
    const count = (message: HotStuffMessage) => hotStuffClaims(message).length;
    assert.equal(count(proposalOf(B2, high)), 1 + 3);
    assert.equal(count(proposalOf(B2, high, over)), 1 + 3 + 3 + 3);
    assert.equal(count(certificate(high)), 3);
    assert.equal(count(newViewOf(3, { high, commit, timeoutCertificate: over })), 3 + 3 + 6);
    assert.equal(count(timeoutOf(2, 3, { high, commit, timeoutCertificate: over })), 1 + 3 + 3 + 6);
    assert.equal(count(timeoutCertificate(over)), 6);
  });

  test('bind each signature to kind, view and block (RULES.md A.3, A.4)', () => {
    const [claim] = hotStuffClaims(certificate(certify('pre-commit', B2)));
    const { view, height } = B2.header;
    assert.deepEqual(claim?.statement, blockStatement('pre-commit', view, { height, digest: B2.digest }));
    assert.deepEqual(claim?.signature, signedBy(0)[0]?.signature);
  });
});
