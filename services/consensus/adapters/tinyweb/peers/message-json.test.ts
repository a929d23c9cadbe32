import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { decodePeerMessage, encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { PBFT } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { HTTP_ENVELOPE } from '#test/support/consensus/http-members.ts';
import { anyMessageBeside } from '#test/support/consensus/peer-messages.ts';
import { anyRoundsMessage } from '#test/support/consensus/rounds-messages.ts';
import { MessageJson } from './message-json.ts';
import { routeOf, routesOf } from './routes-of-messages.ts';

const codec = new MessageJson();
const anyRounds = fc
  .oneof(...Object.values(anyRoundsMessage))
  .map((message): PeerMessageBody => PBFT.messages.close(message));
const anyBody = fc.oneof(anyRounds, fc.oneof(...Object.values(anyMessageBeside)));

test('any message of members is the same bytes again behind its JSON, and goes to a route that takes it', () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      const payload = encodePeerMessage(body, HTTP_ENVELOPE);
      const { kind, json } = codec.toJson(payload);
      const value: unknown = JSON.parse(json);
      assert.deepEqual(codec.toBytes(value), { kind, payload: new Uint8Array(payload) });
      assert.ok(routesOf(kind).includes(routeOf(kind, value)));
      const read = decodePeerMessage(payload, { ...HTTP_ENVELOPE, limits: WIRE_LIMITS });
      assert.ok(read.ok, read.ok ? '' : read.detail);
    }),
    { numRuns: 300 },
  );
});

test('a vote of the first kind is a verification vote, of the second a commit vote, and a view that is given up reports the proposer', () => {
  const vote = (kind: string) => ({ roundsVote: { kind } });
  assert.equal(routeOf('roundsVote', vote('prepare')), '/VerificationVote');
  assert.equal(routeOf('roundsVote', vote('commit')), '/CommitVote');
  assert.deepEqual(
    ['roundsProposal', 'roundsLeave', 'decided', 'transactions', 'blocksRequest'].map((kind) =>
      routeOf(kind, {}),
    ),
    ['/ProposeBlock', '/MissingProposer', '/NewRound', '/TransactionInternal', '/BlocksRequest'],
  );
});

test('JSON that is no message makes no bytes', () => {
  const vote = { kind: 'prepare', height: '1', signature: 'AAAA' };
  for (const value of [
    undefined,
    null,
    [],
    'x',
    {},
    { chainTag: 'AAAA' },
    { roundsVote: { ...vote, more: 1 } },
    { roundsVote: { ...vote, height: '-1' } },
    { roundsVote: { ...vote, signature: '?' } },
    { roundsVote: vote, roundsLeave: {} },
    { roundsVote: vote, more: 1 },
  ])
    assert.equal(codec.toBytes(value), undefined, JSON.stringify(value));
  assert.equal(codec.toBytes({ roundsVote: vote })?.kind, 'roundsVote');
});
