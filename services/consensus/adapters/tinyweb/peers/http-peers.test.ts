import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { HttpsClient } from '#libs/http/https-client.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import { PBFT } from '#libs/protocols/hosted-protocols.ts';
import {
  HTTP_ENVELOPE,
  type HttpMember,
  type HttpParty,
  httpMembers,
  httpParty,
} from '#test/support/consensus/http-members.ts';
import { TRANSACTION_BODIES_PER_SECOND } from './limits.ts';
import { MessageJson } from './message-json.ts';

const codec = new MessageJson();
const SIGNATURE = new Uint8Array(100).fill(9);

function voteOf(member: number, step = 'prepare'): PeerMessageBody {
  return PBFT.messages.close({
    kind: 'vote',
    ...{ height: toHeight(1n), view: toView(0n), step, member: toMemberIndex(member) },
    digest: toDigest('ab'.repeat(32)),
    signature: SIGNATURE,
  });
}

function stepOf(body: PeerMessageBody): string {
  const message = body.kind === 'protocol' ? PBFT.messages.open(body) : undefined;
  return message?.kind === 'vote' ? message.step : '';
}

function jsonOf(body: PeerMessageBody, envelope: Partial<typeof HTTP_ENVELOPE> = {}): string {
  return codec.toJson(encodePeerMessage(body, { ...HTTP_ENVELOPE, ...envelope })).json;
}

/** Posts to a member as somebody whose certificate is this. */
function posting(t: TestContext, to: HttpMember, as: HttpParty) {
  const { certificate } = as;
  const place = { host: '127.0.0.1', port: to.port, serverKey: to.key, connectionsMax: 4 };
  const client = new HttpsClient({ ...place, certificate });
  t.after(() => client.close());
  return async (path: string, json: string) => {
    const { status, text } = await client.post(path, json, 5_000);
    const said = JSON.parse(text) as { error?: string; field?: string; response?: string };
    return { status, ...said };
  };
}

async function pair(t: TestContext): Promise<readonly [HttpMember, HttpMember]> {
  const [one, two] = await httpMembers(t, 2);
  assert.ok(one && two);
  await one.node.until(() => one.node.connections.length > 0);
  await two.node.until(() => two.node.connections.length > 0);
  return [one, two];
}

describe('members that speak HTTP and JSON', () => {
  test('TW-2.5.1 a message goes by POST to the route of its name, and is the signed message that it was', async (t) => {
    const members = await httpMembers(t, 3);
    const [one, ...others] = members;
    assert.ok(one);
    await one.node.until(() => one.node.connections.length === 2);
    assert.deepEqual(one.peers.connected(), [1, 2]);
    one.peers.send('all', voteOf(0));
    one.peers.send('all', voteOf(0, 'commit'));
    for (const { node, answered } of others) {
      await node.until(() => node.heard.length === 2);
      const heard = node.heard.toSorted((one, other) => stepOf(one.body).localeCompare(stepOf(other.body)));
      assert.deepEqual(heard, [
        { from: 0, body: voteOf(0, 'commit') },
        { from: 0, body: voteOf(0) },
      ]);
      assert.ok(!answered.some((line) => line.endsWith(' 400')));
    }
    const { sentBytes } = one.peers.traffic;
    assert.equal(sentBytes, 2 * encodePeerMessage(voteOf(0), HTTP_ENVELOPE).length - 1);
  });

  test('a message to one member reaches no other', async (t) => {
    const [one, two, three] = await httpMembers(t, 3);
    assert.ok(one && two && three);
    await one.node.until(() => one.node.connections.length === 2);
    one.peers.send(toMemberIndex(1), { kind: 'block-request', digest: toDigest('cd'.repeat(32)) });
    await two.node.until(() => two.node.heard.length === 1);
    assert.equal(three.node.heard.length, 0);
  });

  test('a member that stops is away, its newest votes wait, and reach it once it is back', async (t) => {
    const [one, two] = await pair(t);
    const { port } = two;
    await two.server.stop();
    one.peers.send('all', voteOf(0));
    while (one.peers.connected().length > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(
      one.log.lines.some(
        ({ message, fields }) => message === 'peer does not answer' && fields['peer'] === 'm1',
      ),
    );
    assert.equal(one.peers.presence.linkOf(toMemberIndex(1)).isConnected, false);
    const again = await httpServerAt(t, two, port);
    await two.node.until(() => two.node.heard.length > 0);
    assert.deepEqual(one.failures, Array(one.failures.length).fill('m1'));
    assert.ok(one.failures.length > 0);
    await again.stop();
  });

  test('a message for nobody and one of no circle go nowhere', async (t) => {
    const [one] = await pair(t);
    one.peers.send(toMemberIndex(7), voteOf(0));
    one.peers.mute(toMemberIndex(7), 1_000);
    assert.equal(one.peers.traffic.sentBytes, 0);
  });

  test('a message that fits no body is dropped, counted, and told once', async (t) => {
    const [one] = await pair(t);
    const huge: PeerMessageBody = {
      kind: 'transactions',
      transactions: [transactionOf(new Uint8Array(1024 * 1024))],
    };
    one.peers.send('all', huge);
    one.peers.send('all', huge);
    assert.equal(one.peers.droppedFrames, 2);
    const told = one.log.lines.filter(({ level }) => level === 'error');
    assert.deepEqual(
      told.map(({ message, fields }) => [message, fields['type']]),
      [['message for members fits no body, it is dropped', 'transactions']],
    );
  });
});

async function httpServerAt(t: TestContext, member: HttpMember, port: number) {
  const { HttpsServer } = await import('#libs/http/https-server.ts');
  const { PROBE_ROUTE } = await import('./peer-line.ts');
  const server = new HttpsServer({
    listen: { host: '127.0.0.1', port },
    certificate: member.certificate,
    info: { title: 'test', version: '1' },
    routes: [
      ...member.peers.routes(),
      { method: 'POST', path: PROBE_ROUTE, summary: 'x', handle: () => ({ status: 200, body: {} }) },
    ],
    onFault: () => {},
    metrics: { ended: () => {} },
  });
  await server.start();
  t.after(() => server.stop());
  return server;
}

describe('a request of somebody', () => {
  test('TW-2.8.4 without a certificate over a key of the chain is refused, and says why', async (t) => {
    const [one] = await pair(t);
    const stranger = posting(t, one, httpParty());
    const { status, field, error } = await stranger('/VerificationVote', jsonOf(voteOf(1)));
    assert.deepEqual([status, field], [401, 'certificate']);
    assert.match(error ?? '', /of no member of this chain/);
    assert.equal(one.node.heard.length, 0);
  });

  test('that carries the statement of another member is heard as that of the member that delivers it', async (t) => {
    const [one, two] = await pair(t);
    await posting(t, one, two)('/VerificationVote', jsonOf(voteOf(0)));
    assert.deepEqual(
      one.node.heard.map(({ from }) => from),
      [1],
    );
  });

  test('with a vote that came before gets the words of TinyWeb, and is heard again all the same', async (t) => {
    const [one, two] = await pair(t);
    const post = posting(t, one, two);
    const said = jsonOf(voteOf(1, 'commit'));
    const answers = [await post('/CommitVote', said), await post('/CommitVote', said)];
    assert.deepEqual(
      answers.map(({ response }) => response),
      ['Heard', 'Vote Already Counted'],
    );
    assert.equal(one.node.heard.length, 2);
  });

  test('with a decision of a block that is final here gets the words of TinyWeb, by both of its routes, and of a later one not', async (t) => {
    const [one, two] = await pair(t);
    const post = posting(t, one, two);
    const decided = (height: bigint) => {
      const digest = toDigest('ab'.repeat(32));
      const certificate = { ...genesisCertificate(PBFT_TABLE, 'commit', digest), height: toHeight(height) };
      return jsonOf({ kind: 'decided', certificate });
    };
    // The newest final block of this member has height 7.
    for (const path of ['/NewRound', '/SendNewBlockChain']) {
      assert.equal((await post(path, decided(7n))).response, 'Block already Processed');
      assert.equal((await post(path, decided(8n))).response, 'Heard');
    }
    assert.equal(one.node.heard.length, 4);
  });

  const CASES = [
    [
      'at the route of another',
      '/CommitVote',
      jsonOf(voteOf(1)),
      400,
      /post it|a message for \/VerificationVote/,
    ],
    ['with a message of another kind', '/NewRound', jsonOf(voteOf(1)), 400, /body/],
    [
      'of another chain',
      '/VerificationVote',
      jsonOf(voteOf(1), { chainTag: new Uint8Array(8) }),
      400,
      /wrong-chain/,
    ],
    [
      'without a signature',
      '/VerificationVote',
      '{"chainTag":"AQIDBAUGBwg=","roundsVote":{"kind":"prepare"}}',
      400,
      /malformed/,
    ],
    [
      'that is no message',
      '/VerificationVote',
      '{"chainTag":"AQIDBAUGBwg=","roundsVote":{"more":1}}',
      400,
      /not a message/,
    ],
  ] as const;
  for (const [what, path, json, status, reason] of CASES) {
    test(`${what} is refused with ${status}, and nothing is heard`, async (t) => {
      const [one, two] = await pair(t);
      const answer = await posting(t, one, two)(path, json);
      assert.equal(answer.status, status);
      assert.match(answer.error ?? '', reason);
      assert.deepEqual(one.node.heard, []);
    });
  }

  test('of another epoch is taken, for the node says what it means', async (t) => {
    const [one, two] = await pair(t);
    const answer = await posting(t, one, two)('/VerificationVote', jsonOf(voteOf(1), { epoch: toEpoch(5n) }));
    assert.equal(answer.status, 200);
    assert.deepEqual(one.node.refusals, ['1 wrong-epoch']);
  });

  test('of a member that is muted, or that the node hears no more, is told to come again', async (t) => {
    const [one, two] = await pair(t);
    const post = posting(t, one, two);
    one.node.hearsAll = false;
    assert.equal((await post('/VerificationVote', jsonOf(voteOf(1)))).status, 429);
    one.node.hearsAll = true;
    one.peers.mute(toMemberIndex(1), 60_000);
    assert.equal((await post('/VerificationVote', jsonOf(voteOf(1)))).status, 429);
    assert.deepEqual(one.node.heard, []);
  });

  test('TW-2.5.7 with too many transactions is told to come again, and a vote behind it is heard', async (t) => {
    const [one, two] = await pair(t);
    const post = posting(t, one, two);
    const batch = jsonOf({ kind: 'transactions', transactions: [transactionOf(Uint8Array.of(1))] });
    const statuses: number[] = [];
    for (let at = 0; at < 3 * TRANSACTION_BODIES_PER_SECOND; at++)
      statuses.push((await post('/TransactionInternal', batch)).status);
    assert.ok(statuses.includes(429));
    assert.equal((await post('/VerificationVote', jsonOf(voteOf(1)))).status, 200);
  });
});
