import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HttpError } from '#libs/http/http-error.ts';
import { HttpsServer } from '#libs/http/https-server.ts';
import type { HttpRoute } from '#libs/http/route.ts';
import { TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { httpParty } from '#test/support/consensus/http-members.ts';
import { PeerLine, PROBE_ROUTE } from './peer-line.ts';

/**
 * A peer whose route answers with these statuses, one after the other, and a line to it. It is probed once; pauses between tries are not
 * waited for, but for the last, which never ends.
 */
async function lineTo(t: TestContext, statuses: number[], before: readonly string[] = []) {
  const [peer, me] = [httpParty(), httpParty()];
  const [heard, pauses, changes]: [string[], number[], string[]] = [[], [], []];
  let failures = 0;
  const route: HttpRoute = {
    method: 'POST',
    path: '/x',
    summary: 'x',
    handle: ({ body }) => {
      const status = statuses.shift() ?? 200;
      heard.push(`${JSON.stringify(body)} ${status}`);
      if (status === 200) return { status, body: {} };
      throw new HttpError({ status, error: 'no', field: '', cure: 'none' });
    },
  };
  const probed: HttpRoute = { ...route, path: PROBE_ROUTE, handle: () => ({ status: 200, body: {} }) };
  const server = new HttpsServer({
    listen: { host: '127.0.0.1', port: 0 },
    certificate: peer.certificate,
    info: { title: 'test', version: '1' },
    routes: [route, probed],
    onFault: () => {},
    metrics: { ended: () => {} },
  });
  await server.start();
  const probedOnce = Promise.withResolvers<void>();
  const line = new PeerLine({
    serverKey: peer.key,
    certificate: me.certificate,
    addresses: [{ host: '127.0.0.1', port: server.port }],
    onChange: (isUp, reason) => changes.push(isUp ? 'up' : `down: ${reason}`),
    onFailure: () => {
      failures += 1;
    },
    onDropped: () => {},
    random: () => 0.5,
    pause: async (ms, signal) => {
      const isOfProbe = pauses.length === 0;
      pauses.push(ms);
      probedOnce.resolve();
      if (isOfProbe || ms === 2_000)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  });
  t.after(async () => {
    await line.stop();
    await server.stop();
  });
  for (const json of before) line.send(TrafficClass.CONSENSUS, { route: '/x', json });
  line.start();
  await probedOnce.promise;
  return { line, heard, pauses, changes, failures: () => failures };
}

const VOTE = { route: '/x', json: '{"vote":1}' };

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

test('TW-2.5.2 a message that is not taken is tried again after 0.5, 1 and 2 s, and each try counts against the peer', async (t) => {
  const { line, heard, pauses, failures } = await lineTo(t, [503, 429, 503]);
  line.send(TrafficClass.CONSENSUS, VOTE);
  await until(() => pauses.includes(2_000));
  assert.deepEqual(heard, ['{"vote":1} 503', '{"vote":1} 429', '{"vote":1} 503']);
  assert.deepEqual(pauses.slice(1), [500, 1_000, 2_000]);
  assert.equal(failures(), 3);
});

test('a message that is refused for good is not sent again, and those behind it are', async (t) => {
  const { line, heard, failures, changes } = await lineTo(t, [400]);
  line.send(TrafficClass.CONSENSUS, VOTE);
  line.send(TrafficClass.SYNC, { ...VOTE, json: '{"sync":1}' });
  await until(() => heard.length === 2);
  assert.deepEqual([failures(), changes], [0, ['up']]);
  assert.equal(heard.filter((each) => each.startsWith('{"vote":1}')).length, 1);
});

test('a vote does not wait for the blocks before it', async (t) => {
  const { line, heard } = await lineTo(t, []);
  for (let at = 0; at < 20; at++) line.send(TrafficClass.SYNC, { ...VOTE, json: `{"block":${at}}` });
  line.send(TrafficClass.CONSENSUS, VOTE);
  await until(() => heard.includes('{"vote":1} 200'));
  assert.ok(heard.indexOf('{"vote":1} 200') < 10);
});

test('votes that wait for a peer reach it once it answers, the newest 32 of them', async (t) => {
  const votes = Array.from({ length: 40 }, (_, at) => `{"vote":${at}}`);
  const { heard } = await lineTo(t, [], votes);
  await until(() => heard.length === 32);
  assert.deepEqual(new Set(heard), new Set(votes.slice(8).map((vote) => `${vote} 200`)));
});
