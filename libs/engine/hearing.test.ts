import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toMemberIndex } from '#libs/chain/ids.ts';
import type { HostedProtocol, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { anyHotStuffMessage, anyMessage } from '#test/support/consensus/peer-messages.ts';
import { Federation, transactionsOf } from '#test/support/engine/engine-federation.ts';
import { GENESIS_COMMIT } from '#test/support/hotstuff/hotstuff-harness.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import type { EngineOptions } from './engine-options.ts';
import type { EngineParts } from './engine-parts.ts';
import { mayGuestSay } from './guests.ts';
import { Hearing } from './hearing.ts';

const LATE = 1;
const GUEST = toMemberIndex(4);

/** A federation whose member `LATE` lacks the newest decision, and the certificate of that. */
function withLate() {
  const federation = new Federation(4);
  federation.submit(0, 'heard');
  federation.away.add(toMemberIndex(LATE));
  federation.submit(0, 'missed');
  federation.away.clear();
  const late = federation.member(LATE);
  assert.deepEqual(transactionsOf(late), ['heard']);
  const { certificate } = federation.member(0).chain.tip();
  return { federation, late, certificate };
}

describe('a decision that another member shows', () => {
  for (const [who, from] of [
    ['a member', toMemberIndex(0)],
    ['a guest', GUEST],
  ] as const) {
    test(`moves who lacks it, when ${who} says it`, () => {
      const { federation, late, certificate } = withLate();
      late.node.hear(from, { ok: true, body: { kind: 'decided', certificate } });
      federation.pass(1_000);
      assert.equal(late.node.protocol().position.view, certificate.view + 1n);
    });
  }

  test('moves nobody by signatures that are false, and counts them against its sender', () => {
    const { federation, late, certificate } = withLate();
    const before = late.node.protocol().position.view;
    const signatures = certificate.signatures.map((each) => ({
      ...each,
      signature: each.signature.toReversed(),
    }));
    late.node.hear(toMemberIndex(0), {
      ok: true,
      body: { kind: 'decided', certificate: { ...certificate, signatures } },
    });
    federation.pass(0);
    assert.equal(late.node.protocol().position.view, before);
    assert.match(late.refused.join(), /bad-signature/);
  });

  test('is none with the certificate of another kind, which is said, though the protocol would take it', () => {
    const { late, certificate } = withLate();
    const of = (kind: string) => ({ kind: 'decided', certificate: { ...certificate, kind } }) as const;
    const before = late.node.protocol().position.view;
    for (const kind of ['prepare', 'pre-commit', 'timeout', ''])
      late.node.hear(toMemberIndex(0), { ok: true, body: of(kind) });
    assert.equal(late.node.protocol().position.view, before);
    assert.deepEqual(late.refused.slice(-4), Array(4).fill('invalid decided'));
  });
});

describe('the engine of a protocol that is not HotStuff', () => {
  /** The inputs that reach the replica of an engine in an epoch of rounds. */
  function heardInRounds(certificate: typeof GENESIS_COMMIT) {
    const heard: unknown[] = [];
    const refused: unknown[] = [];
    const hears = (part: string) => (from: number, message: unknown) => heard.push([part, from, message]);
    const protocol = {
      votes: ROUNDS_TABLE,
      module: { decision: (shown: typeof GENESIS_COMMIT) => ({ isRounds: true, shown }) },
    } as unknown as HostedProtocol;
    const options = {
      protocol,
      context: { set: { members: [0] } },
      monitor: { refused: (...refusal: readonly unknown[]) => refused.push(refusal) },
    } as unknown as EngineOptions;
    const parts = {
      watch: { heard: hears('watch') },
      conduct: { heard: hears('conduct') },
      replica: { receive: hears('replica') },
    } as unknown as EngineParts;
    new Hearing(options, parts).receive(toMemberIndex(0), { kind: 'decided', certificate });
    return { heard, refused };
  }

  test('takes a decision as its own protocol does, past the watchers that see all its messages', () => {
    const certificate = { ...GENESIS_COMMIT, instance: 6n };
    const message = { isRounds: true, shown: certificate };
    const { heard, refused } = heardInRounds(certificate);
    assert.deepEqual(heard, [
      ['watch', 0, message],
      ['conduct', 0, message],
      ['replica', 0, message],
    ]);
    assert.deepEqual(refused, []);
  });

  test('refuses what decides in another protocol alone', () => {
    const { heard, refused } = heardInRounds({ ...GENESIS_COMMIT, kind: 'prepare' });
    assert.deepEqual(
      [heard.length, refused],
      [0, [[0, 'invalid', 'decided', 'certificate of another phase']]],
    );
  });
});

describe('a guest', () => {
  const proves = ['certificate', 'timeout-certificate'];

  for (const [kind, anyOfKind] of Object.entries(anyHotStuffMessage)) {
    const isHeard = proves.includes(kind);
    test(`${isHeard ? 'may' : 'may not'} say a ${kind}`, () => {
      fc.assert(
        fc.property(anyOfKind, (message) => {
          assert.equal(mayGuestSay(sealed(message), HOTSTUFF), isHeard);
        }),
        { numRuns: 10 },
      );
    });
  }

  test('may show a decision, ask, and answer, but give no transactions, propose none and accuse nobody', () => {
    const refused = ['transactions', 'waiting', 'transactions-request', 'bodies-response', 'evidence'];
    for (const [kind, anyOfKind] of Object.entries(anyMessage)) {
      if (kind in anyHotStuffMessage) continue;
      const [body] = fc.sample(anyOfKind, 1);
      assert.equal(mayGuestSay(body ?? assert.fail(), HOTSTUFF), !refused.includes(kind), kind);
    }
  });

  test('says nothing by a message of another protocol: nobody reads it', () => {
    const foreign = { kind: 'protocol', name: 'vote' } as ProtocolMessage;
    const federation = new Federation(4);
    const member = federation.member(0);
    member.node.hear(GUEST, { ok: true, body: foreign });
    assert.match(member.refused.join(), /malformed|unknown-member/);
  });
});
