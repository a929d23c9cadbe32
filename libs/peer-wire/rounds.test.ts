import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PeerMessage } from '#libs/proto/btcfed/peer/v1/peer.ts';
import { type Claim, claimsOf } from '#libs/protocol/certificate.ts';
import { leaveClaimsOf } from '#libs/protocol/leave-certificate.ts';
import { type HeldSignatures, statementText } from '#libs/protocol/named-signatures.ts';
import type { RoundsMessage } from '#libs/protocol/rounds/message.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { MessageReading } from '#libs/wire/message-reading.ts';
import { WireRefusal } from '#libs/wire/refusal.ts';
import { anyRoundsMessage } from '#test/support/consensus/rounds-messages.ts';
import type { WireBody } from './protocol-wire.ts';
import { ROUNDS_WIRE } from './rounds.ts';

const anyMessage = fc.oneof(...Object.values(anyRoundsMessage));

/** As it comes out of the bytes of a peer message. */
function sent(body: WireBody): WireBody {
  const bytes = PeerMessage.encode({ chainTag: new Uint8Array(8), epoch: 1n, body }).finish();
  return PeerMessage.decode(bytes).body ?? assert.fail('a body');
}

function read(body: WireBody, held?: HeldSignatures) {
  const reading = new MessageReading(WIRE_LIMITS, held && { signatures: held });
  const message = ROUNDS_WIRE.fromWire(sent(body), reading);
  const missing = reading.missing.reduce((sum, { members }) => sum + members.length, 0);
  return { message, missing };
}

/** The signatures in the certificates of a message. */
function claimsIn(message: RoundsMessage): readonly Claim[] {
  switch (message.kind) {
    case 'certificate':
      return claimsOf(message.certificate);
    case 'left':
      return leaveClaimsOf(message.leave);
    case 'proposal':
      return message.leave === undefined ? [] : leaveClaimsOf(message.leave);
    case 'leave': {
      const { prepared, entry } = message;
      return [...(prepared ? claimsOf(prepared) : []), ...(entry ? leaveClaimsOf(entry) : [])];
    }
    case 'recovery':
      return message.statements.flatMap(claimsIn);
    default:
      return [];
  }
}

const nameOf = ({ statement, member }: Pick<Claim, 'statement' | 'member'>): string =>
  `${member} ${statementText(statement)}`;

function holding(claims: readonly Claim[]): HeldSignatures {
  const held = new Map(claims.map((claim) => [nameOf(claim), { signature: claim.signature }]));
  return { signatureOf: (statement, member) => held.get(nameOf({ statement, member })) };
}

for (const [kind, any] of Object.entries(anyRoundsMessage)) {
  test(`a message of locked rounds of kind ${kind} comes back as it was`, () => {
    fc.assert(
      fc.property(any, (message) => {
        assert.deepEqual(read(ROUNDS_WIRE.toWire(message, 'whole')), { message, missing: 0 });
      }),
    );
  });
}

describe('messages of locked rounds with certificates by reference', () => {
  test('F-20: are the messages again for a reader that holds the signatures, and name all that another lacks', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const claims = claimsIn(message);
        // A member that says a thing twice with two signatures is another matter: the pool holds one of them.
        fc.pre(new Set(claims.map(nameOf)).size === claims.length);
        const body = ROUNDS_WIRE.toWire(message, 'reference');
        assert.deepEqual(read(body, holding(claims)), { message, missing: 0 });
        assert.equal(read(body).missing, claims.length);
      }),
    );
  });

  test('do not grow with the signatures in them', () => {
    const [message = assert.fail()] = fc.sample(anyRoundsMessage.left, { numRuns: 1, seed: 1 });
    assert.ok(message.kind === 'left');
    const shares = message.leave.shares.map((share) => ({ ...share, signature: new Uint8Array(17_088) }));
    const large = { ...message, leave: { ...message.leave, shares, high: undefined } };
    const bytes = PeerMessage.encode({
      ...{ chainTag: new Uint8Array(8), epoch: 1n },
      body: ROUNDS_WIRE.toWire(large, 'reference'),
    }).finish();
    assert.ok(bytes.length < 100 + 60 * shares.length, `${bytes.length} bytes`);
  });
});

test('an answer with more leaves than there are members is refused', () => {
  const [leave = assert.fail()] = fc.sample(anyRoundsMessage.leave, { numRuns: 1, seed: 1 });
  assert.ok(leave.kind === 'leave');
  const answer = (count: number) =>
    ROUNDS_WIRE.toWire(
      {
        kind: 'recovery',
        height: leave.height,
        view: leave.view,
        statements: Array(count).fill({ ...leave, prepared: undefined, entry: undefined }),
      },
      'whole',
    );
  assert.equal(read(answer(WIRE_LIMITS.membersMax)).message?.kind, 'recovery');
  assert.throws(() => read(answer(WIRE_LIMITS.membersMax + 1)), /more leaves than members/);
});

describe('a request for statements', () => {
  const held = (...names: readonly string[]): WireBody => ({
    $case: 'recoveryRequest',
    value: {
      ...{ height: 1n, view: 0n, hasProposal: false },
      held: names.map((kind) => ({ kind, members: Uint8Array.of(1) })),
    },
  });

  test('is read with each kind once', () => {
    const { message } = read(held('prepare', 'commit'));
    assert.ok(message?.kind === 'request');
    assert.deepEqual([...message.have.keys()], ['prepare', 'commit']);
  });

  for (const [name, body] of [
    ['that names a kind twice', held('prepare', 'prepare')],
    ['of kinds that are no names', held('Prepare!')],
    ['of more kinds than any protocol has', held(...'abcdefghi')],
    [
      'whose members are written with a zero byte at the end',
      {
        $case: 'recoveryRequest',
        value: {
          ...{ height: 1n, view: 0n, hasProposal: true },
          held: [{ kind: 'prepare', members: Uint8Array.of(1, 0) }],
        },
      },
    ],
  ] as const) {
    test(`is refused ${name}`, () => assert.throws(() => read(body), WireRefusal));
  }
});

test('an answer with a statement of none of the three kinds is refused, and a vote whose kind is no name', () => {
  const place = { height: 1n, view: 0n };
  const empty: WireBody = {
    $case: 'recoveryAnswer',
    value: { ...place, statements: [{ statement: undefined }] },
  };
  assert.throws(() => read(empty), WireRefusal);
  const vote = {
    ...place,
    kind: '',
    blockDigest: new Uint8Array(32),
    member: 0,
    signature: Uint8Array.of(1),
  };
  assert.throws(() => read({ $case: 'roundsVote', value: { ...vote, key: undefined } }), WireRefusal);
});

test('a body of another protocol is none of them', () => {
  const vote = {
    view: 1n,
    height: 1n,
    blockDigest: new Uint8Array(32),
    member: 0,
    signature: Uint8Array.of(1),
  };
  const body: WireBody = { $case: 'vote', value: { ...vote, phase: 1, key: undefined } };
  assert.equal(read(body).message, undefined);
});
