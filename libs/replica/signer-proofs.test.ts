import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MemberIndex } from '#libs/chain/ids.ts';
import { toView } from '#libs/chain/ids.ts';
import { type Claim, claimsOf, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { setOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import { SignerProofs } from './signer-proofs.ts';

const LEADER = 1 as MemberIndex;
const OTHER = 2 as MemberIndex;
const VIEW = toView(7n);

function certificate(kind: string, view = VIEW): QuorumCertificate {
  return { ...certificateFor(GENESIS.block), kind, view };
}

/** A verifier of which each call is kept, and a signer that answers when it is told to. */
function proofs(table: VoteTable = HOTSTUFF_TABLE) {
  const world = {
    position: { instance: 0n, view: VIEW },
    leader: LEADER,
    verified: [] as (readonly Claim[])[],
    trusted: [] as Claim[],
    asked: [] as { certificate: QuorumCertificate; answer: (isProved: boolean) => void }[],
    heard: [] as boolean[],
    ask: (claims: readonly Claim[], from = LEADER) =>
      verifier.verify(claims, (ok) => world.heard.push(ok), from),
  };
  const verifier = new SignerProofs({
    verifier: {
      verify: (claims, done) => {
        world.verified.push(claims);
        done(false, undefined, claims[0]);
      },
      trust: (claim) => world.trusted.push(claim),
    },
    prover: { prove: (shown, answer) => world.asked.push({ certificate: shown, answer }) },
    set: setOf(4),
    table,
    now: () => world,
  });
  return world;
}

describe('certificates that the signer verifies', () => {
  for (const kind of ['prepare', 'pre-commit']) {
    test(`the ${kind} certificate of the leader waits for the word of the signer, and is verified by nobody else`, () => {
      const world = proofs();
      const shown = certificate(kind);
      world.ask(claimsOf(shown));
      assert.deepEqual([world.heard, world.verified, world.trusted], [[], [], []]);
      assert.deepEqual(world.asked[0]?.certificate, shown);
      world.asked[0]?.answer(true);
      assert.deepEqual([world.heard, world.verified], [[true], []]);
      assert.deepEqual(world.trusted, claimsOf(shown), 'no later message has them verified again');
    });
  }

  test('a signer that does not say yes judges nothing: the claims are verified here, and their fault is told', () => {
    const world = proofs();
    const claims = claimsOf(certificate('prepare'));
    world.ask(claims);
    world.asked[0]?.answer(false);
    assert.deepEqual([world.heard, world.verified, world.trusted], [[false], [claims], []]);
  });

  const REFUSED: readonly (readonly [string, readonly Claim[], MemberIndex])[] = [
    ['the certificate that decides', claimsOf(certificate('commit')), LEADER],
    ['a certificate of a member that does not lead', claimsOf(certificate('prepare')), OTHER],
    ['a certificate of the view before', claimsOf(certificate('prepare', toView(6n))), LEADER],
    ['a certificate of a later view', claimsOf(certificate('prepare', toView(8n))), LEADER],
    ['one vote', claimsOf(certificate('prepare')).slice(0, 1), LEADER],
    [
      'a report with two certificates',
      [...claimsOf(certificate('prepare')), ...claimsOf(certificate('commit'))],
      LEADER,
    ],
    ['nothing', [], LEADER],
    [
      'some votes of one kind, as a leader gives them to a member that lacks them',
      claimsOf(certificate('prepare')).slice(0, 2),
      LEADER,
    ],
    [
      'the vote of one member, as often as a quorum',
      claimsOf(certificate('prepare')).flatMap((claim) => (claim.member === 0 ? [claim, claim, claim] : [])),
      LEADER,
    ],
    ['votes in no order', claimsOf(certificate('prepare')).toReversed(), LEADER],
  ];
  for (const [what, claims, from] of REFUSED) {
    test(`${what}: verified here`, () => {
      const world = proofs();
      world.ask(claims, from);
      // By identity: the difference of whole signatures takes minutes to print.
      assert.ok(world.verified[0] === claims);
      assert.deepEqual([world.verified.length, world.asked.length], [1, 0]);
    });
  }

  test('of each kind the signer is asked about one in a view, and about one more in the next', () => {
    const world = proofs();
    const ask = (kind: string, view = VIEW): void => world.ask(claimsOf(certificate(kind, view)));
    ask('prepare');
    ask('prepare');
    ask('pre-commit');
    ask('pre-commit');
    assert.deepEqual(
      world.asked.map(({ certificate: { kind } }) => kind),
      ['prepare', 'pre-commit'],
    );
    assert.equal(world.verified.length, 2);
    world.position = { instance: 0n, view: toView(8n) };
    ask('prepare', toView(8n));
    assert.equal(world.asked.length, 3);
  });

  test('votes that are no certificate leave the signer to the certificate after them', () => {
    const world = proofs();
    const claims = claimsOf(certificate('prepare'));
    world.ask(claims.slice(0, 2));
    world.ask(claims);
    assert.deepEqual([world.verified.length, world.asked.length], [1, 1]);
    assert.equal(world.asked[0]?.certificate.signatures.length, 3);
  });

  test('the certificate that decides is verified here, also where the table has a vote that needs it', () => {
    const kinds = { ...HOTSTUFF_TABLE.kinds, after: { step: 9, grounds: 'none', needs: 'commit' } } as const;
    const world = proofs({ ...HOTSTUFF_TABLE, kinds });
    const claims = claimsOf(certificate('commit'));
    world.ask(claims);
    assert.deepEqual([world.verified.length, world.asked.length], [1, 0]);
  });
});
