import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toCertifiedKeyDigest, toMemberIndex, toView } from '#libs/chain/ids.ts';
import {
  blockOn,
  Core,
  GENESIS,
  GENESIS_PREPARE,
  proposalOf,
  statementsIn,
  timeoutOf,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { claimsOf } from '../certificate.ts';
import { leaveClaimsOf } from '../leave-certificate.ts';
import { hotStuffClaims, ownClaim } from './claims.ts';
import type { HotStuffMessage } from './message.ts';
import type { HotStuffEffect } from './state.ts';
import { viewPosition } from './statements.ts';

const KEY = toCertifiedKeyDigest('ab'.repeat(32));
const B1 = blockOn(GENESIS, 1);

function messagesIn(effects: readonly HotStuffEffect[]): readonly HotStuffMessage[] {
  return effects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.message] : []));
}

/** The effects of all signatures that were asked for, made by the member's own key or by another. */
function answered(core: Core, effects: readonly HotStuffEffect[], key?: typeof KEY) {
  const signed = { signature: Uint8Array.of(9), ...(key === undefined ? {} : { key }) };
  return statementsIn(effects).flatMap((statement) => core.step({ kind: 'signed', statement, ...signed }));
}

describe('the key of a signature goes with it', () => {
  const leader = new Core({ me: 1 });
  const built = leader.step({ kind: 'built', position: viewPosition(toView(1n)), block: B1 });
  const proposal = messagesIn(answered(leader, built, KEY)).find(({ kind }) => kind === 'proposal');

  test('into the proposal and its claim', () => {
    assert.equal(proposal?.kind === 'proposal' && proposal.key, KEY);
    assert.equal(proposal && ownClaim(proposal)?.key, KEY);
  });

  test('into the certificate that votes add up to, and the claims of that', () => {
    leader.step({
      kind: 'message',
      from: toMemberIndex(2),
      message: { ...voteOf(2, 'prepare', B1), key: KEY },
    });
    const own = voteOf(3, 'prepare', B1);
    const effects = leader.step({ kind: 'message', from: toMemberIndex(3), message: own });
    const formed = messagesIn(effects).flatMap((each) =>
      each.kind === 'certificate' ? [each.certificate] : [],
    );
    assert.deepEqual(
      formed[0]?.signatures.map(({ member, key }) => [member, key]),
      [
        [1, KEY],
        [2, KEY],
        [3, undefined],
      ],
    );
    const [certificate = assert.fail()] = formed;
    assert.deepEqual(
      claimsOf(certificate).map(({ key }) => key),
      [KEY, KEY, undefined],
    );
  });

  test('into a vote and a timeout, and the certificate of timeouts', () => {
    const core = new Core({ me: 2 });
    const [vote] = messagesIn(answered(core, core.receiveProposal(B1, GENESIS_PREPARE), KEY));
    assert.equal(vote && ownClaim(vote)?.key, KEY);
    const [timeout] = messagesIn(answered(core, core.fire('view'), KEY));
    assert.equal(timeout?.kind, 'timeout');
    assert.equal(timeout && hotStuffClaims(timeout)[0]?.key, KEY);
    core.receive(0, timeoutOf(0, 1));
    core.receive(3, timeoutOf(3, 1));
    const { timeoutCertificate = assert.fail() } = core.state;
    assert.deepEqual(
      leaveClaimsOf(timeoutCertificate).map(({ member, key }) => [member, key]),
      [
        [0, undefined],
        [2, KEY],
        [3, undefined],
      ],
    );
  });

  test('into the grounds that the signer is shown', () => {
    const core = new Core({ me: 2 });
    const sent = { ...proposalOf(B1, GENESIS_PREPARE), key: KEY };
    core.step({ kind: 'message', from: toMemberIndex(1), message: sent });
    const [asked] = core.hold(B1).flatMap((effect) => (effect.kind === 'sign' ? [effect.grounds] : []));
    assert.deepEqual(asked?.proposalSignature, { signature: sent.signature, key: KEY });
  });

  test('and nothing says a key where the member signed with its own', () => {
    const core = new Core({ me: 2 });
    const [vote = assert.fail()] = messagesIn(answered(core, core.receiveProposal(B1, GENESIS_PREPARE)));
    assert.equal(Object.hasOwn(vote, 'key'), false);
    assert.equal(Object.hasOwn(ownClaim(vote) ?? {}, 'key'), false);
  });
});
