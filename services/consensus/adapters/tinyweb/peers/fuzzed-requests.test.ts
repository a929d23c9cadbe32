import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HttpsClient } from '#libs/http/https-client.ts';
import { httpMembers, httpParty } from '#test/support/consensus/http-members.ts';

const REQUESTS = 10_000;
const UNDER_WAY = 8;

const anyKind = fc.constantFrom(
  'roundsProposal',
  'roundsVote',
  'roundsLeave',
  'decided',
  'transactions',
  'blocksRequest',
  'evidence',
);
const anyPath = fc.constantFrom(
  ...[
    '/ProposeBlock',
    '/VerificationVote',
    '/CommitVote',
    '/MissingProposer',
    '/NewRound',
    '/SendNewBlockChain',
  ],
  ...['/TransactionInternal', '/BlocksRequest', '/Evidence', '/openapi.json', '/', '/x'],
);
/** Base64 of eight bytes of another chain, of too few, and of none. */
const anyTag = fc.constantFrom('AAAAAAAAAAA=', 'AAAA', '?', '');
const anyBody = fc.oneof(
  fc.json(),
  fc.string(),
  fc
    .record({
      chainTag: anyTag,
      epoch: fc.oneof(fc.string(), fc.nat()),
      kind: anyKind,
      content: fc.jsonValue(),
    })
    .map(({ kind, content, ...envelope }) => JSON.stringify({ ...envelope, [kind]: content })),
);

test(`${REQUESTS} requests that nobody would send are answered 4xx, by members and strangers alike, and nothing is heard`, async (t) => {
  const [one, two] = await httpMembers(t, 2);
  assert.ok(one && two);
  const place = { host: '127.0.0.1', port: one.port, serverKey: one.key, connectionsMax: UNDER_WAY };
  const callers = [two, httpParty()].map(({ certificate }) => new HttpsClient({ ...place, certificate }));
  t.after(() => {
    for (const caller of callers) caller.close();
  });
  const requests = fc.sample(fc.tuple(anyPath, anyBody), { numRuns: REQUESTS, seed: 19 }).entries();
  const statuses = new Map<number, number>();
  const worker = async (): Promise<void> => {
    for (const [at, [path, body]] of requests) {
      const caller = callers[at % callers.length] ?? assert.fail();
      const { status, text } = await caller.post(path, body, 30_000);
      assert.ok(status >= 400 && status < 500, `${status} ${path} ${body} ${text}`);
      assert.deepEqual(Object.keys(JSON.parse(text)).sort(), ['cure', 'error', 'field']);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, worker));
  assert.deepEqual(one.node.heard, []);
  assert.equal(
    [...statuses.values()].reduce((sum, count) => sum + count, 0),
    REQUESTS,
  );
  assert.ok(statuses.has(400) && statuses.has(401) && statuses.has(404), JSON.stringify([...statuses]));
  assert.deepEqual(
    one.log.lines.filter(({ level }) => level === 'error'),
    [],
  );
});
