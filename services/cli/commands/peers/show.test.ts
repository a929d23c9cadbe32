import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  ConnectionState,
  GatewayServiceDefinition,
  type Peer,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';

const home = mkdtempSync(join(tmpdir(), 'btcfed-peers-'));

const WELL: Peer = {
  publicKey: new Uint8Array(32).fill(1),
  peerId: '12D3KooWell',
  addresses: ['/ip4/192.0.2.1/tcp/9000', '/dns4/well.example/tcp/9000'],
  state: ConnectionState.CONNECTED,
  failures: 0,
  lastError: '',
  roundTripUs: 1_250n,
  silentMs: 640n,
  delinquent: false,
  unsentFrames: 3n,
  unsentFramesSinceHeard: 0n,
};
const AWAY: Peer = {
  publicKey: new Uint8Array(32).fill(2),
  peerId: '12D3KooAway',
  addresses: [],
  state: ConnectionState.FAILED,
  failures: 70,
  lastError: 'no route to host',
  roundTripUs: 0n,
  silentMs: 75_230n,
  delinquent: true,
  unsentFrames: 21n,
  unsentFramesSinceHeard: 16n,
};

const handlers = {
  attach: () => assert.fail('not asked here'),
  getGateway: () => assert.fail('not asked here'),
  listPeers: async () => ({ peers: [WELL, AWAY] }),
};
const log = memoryLogger();
const server = grpcServer({
  address: `unix:${join(home, 'run', 'gateway.sock')}`,
  services: [bindService(GatewayServiceDefinition, handlers, { log, statusByCode: {} })],
  log,
});

before(async () => {
  mkdirSync(join(home, 'run'));
  writeFileSync(join(home, 'conf.yaml'), '');
  await server.start();
});

after(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('btcfed peers list', () => {
  test('TW-2.1.3: has a line for each peer, says who is delinquent and why, and counts', async () => {
    const { code, out } = await runCommandLine('peers', 'list', '--home', home);
    assert.equal(code, 0);
    assert.deepEqual(out.split('\n'), [
      '12D3KooWell  connected  /ip4/192.0.2.1/tcp/9000, /dns4/well.example/tcp/9000',
      '12D3KooAway  failed     no address                                            DELINQUENT: silent for 75.2 s, 16 frames unsent since',
      '2 peers: 1 connected, 1 delinquent',
    ]);
  });

  test('TW-2.1.3: has only those that are delinquent, when asked so, and all facts in JSON', async () => {
    const { code, out } = await runCommandLine('peers', 'list', '--home', home, '--delinquent', '--json');
    assert.equal(code, 0);
    const { publicKey, silentMs, roundTripUs, unsentFrames, unsentFramesSinceHeard: _, ...same } = AWAY;
    assert.deepEqual(JSON.parse(out), {
      peers: [
        {
          ...same,
          publicKey: encodeBase64(publicKey),
          state: 'failed',
          silentMs: Number(silentMs),
          roundTripUs: Number(roundTripUs),
          unsentFrames: Number(unsentFrames),
          unsentFramesSinceHeard: 16,
        },
      ],
    });
  });

  test('says that no node runs, with exit code 3', async () => {
    const quiet = join(home, 'quiet');
    mkdirSync(quiet);
    writeFileSync(join(quiet, 'conf.yaml'), '');
    const { code, notes } = await runCommandLine('peers', 'list', '--home', quiet);
    assert.equal(code, 3);
    assert.ok(
      notes.includes(`no node runs from ${quiet}: start it with "btcfed node --home ${quiet}"`),
      notes,
    );
  });
});

describe('btcfed peers show', () => {
  test('TW-2.1.7: finds the same peer by its id, its key and its address', async () => {
    const names = [WELL.peerId, encodeBase64(WELL.publicKey), '01'.repeat(32), ...WELL.addresses];
    const shown = await Promise.all(
      names.map((name) => runCommandLine('peers', 'show', name, '--home', home)),
    );
    for (const { code, out } of shown) {
      assert.equal(code, 0);
      assert.deepEqual(out.split('\n'), [
        'peer id       12D3KooWell',
        `public key    ${encodeBase64(WELL.publicKey)}`,
        'addresses     /ip4/192.0.2.1/tcp/9000, /dns4/well.example/tcp/9000',
        'state         connected',
        'silent        for 0.6 s',
        'round trip    1.25 ms',
        'unsent        3 frames, 0 of them since it was last heard',
        'failed dials  0 in a row',
        'last error    none',
      ]);
    }
  });

  test('TW-2.2.5: says of a delinquent peer what could not be sent to it, and the last error', async () => {
    const { out } = await runCommandLine('peers', 'show', AWAY.peerId, '--home', home);
    assert.match(out, /^state {9}failed, DELINQUENT$/m);
    assert.match(out, /^unsent {8}21 frames, 16 of them since it was last heard$/m);
    assert.match(out, /^last error {4}no route to host$/m);
    const json = await runCommandLine('peers', 'show', AWAY.peerId, '--home', home, '--json');
    assert.equal(JSON.parse(json.out).peers[0].unsentFramesSinceHeard, 16);
  });

  test('TW-2.1.7: says that a peer is unknown, with exit code 2, and how to see all', async () => {
    const { code, out, notes } = await runCommandLine(
      'peers',
      'show',
      '/ip4/192.0.2.9/tcp/9000',
      '--home',
      home,
    );
    assert.deepEqual([code, out], [2, '']);
    assert.match(
      notes,
      /knows no peer with the id, the key or the address "\/ip4\/192\.0\.2\.9\/tcp\/9000": see "btcfed peers list"/,
    );
  });

  test('wants a name', async () => {
    assert.equal((await runCommandLine('peers', 'show', '--home', home)).code, 64);
  });
});
