import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { toEpoch, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService, type Handlers } from '#libs/grpc/service.ts';
import { type MemoryLogger, memoryLogger } from '#libs/log/memory-logger.ts';
import { GatewayServiceDefinition, TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { GatewayLink } from './gateway-link.ts';
import { encodePeerMessage } from './wire/peer-message.ts';

const ENVELOPE = { chainTag: new Uint8Array(8), epoch: toEpoch(0n) };
const KEYS = [1, 2].map((value) => new Uint8Array(32).fill(value));

function requestFrame(requestId: bigint) {
  const height = toHeight(1n);
  const payload = encodePeerMessage(
    { kind: 'blocks-request', requestId, from: height, to: height },
    ENVELOPE,
  );
  const from = KEYS[1] ?? new Uint8Array();
  return { body: { $case: 'received' as const, value: { from, trafficClass: TrafficClass.SYNC, payload } } };
}

/** A gateway that hands out two messages of one member to each consensus that attaches. */
async function* handOut(signal: AbortSignal) {
  for (const id of [1n, 2n, 2n]) yield requestFrame(id);
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

async function serveGateway(
  events: (signal: AbortSignal) => AsyncGenerator<ReturnType<typeof requestFrame>>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-link-'));
  const address = `unix:${folder}/gateway.sock`;
  const log = memoryLogger();
  const handlers: Handlers<typeof GatewayServiceDefinition> = {
    attach: (_requests, { signal }) => events(signal),
    listPeers: () => Promise.reject(new Error('not asked here')),
    getGateway: () => Promise.reject(new Error('not asked here')),
  };
  const services = [bindService(GatewayServiceDefinition, handlers, { log, statusByCode: {} })];
  const server = grpcServer({ address, services, log, limits: { stopGraceMs: 100 } });
  await server.start();
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return address;
}

function linkTo(address: string, log: MemoryLogger): GatewayLink {
  return new GatewayLink({
    address,
    chainTag: ENVELOPE.chainTag,
    limits: WIRE_LIMITS,
    circle: { epoch: ENVELOPE.epoch, keys: KEYS, me: toMemberIndex(0) },
    log,
  });
}

test('drops a message that cannot be handled, says so once, and stays attached', async () => {
  const log = memoryLogger();
  const link = linkTo(await serveGateway(handOut), log);
  const refused: string[] = [];
  const heard: unknown[] = [];
  await new Promise<void>((resolve) => {
    link.start({
      hears: () => true,
      connected: () => {},
      otherEpoch: () => {},
      refused: (from, cause, detail) => refused.push(`${from} ${cause}: ${detail}`),
      received: (_from, body) => {
        heard.push(body.kind === 'blocks-request' && body.requestId);
        if (heard.length === 3) resolve();
        if (heard.length < 3) throw new RangeError('a fault of ours');
      },
    });
  });
  assert.ok(link.isAttached);
  await link.stop();
  assert.deepEqual(heard, [1n, 2n, 2n]);
  assert.deepEqual(refused, Array(2).fill('1 invalid: it could not be handled'));
  assert.equal(log.lines.filter(({ level }) => level === 'error').length, 1);
});

test('F-11: warns once of a gateway that ends every attachment', async () => {
  const log = memoryLogger();
  const thrice = Promise.withResolvers<void>();
  let attachments = 0;
  const address = await serveGateway(async function* () {
    attachments += 1;
    if (attachments === 4) thrice.resolve();
    yield requestFrame(1n);
    throw new Error('not now');
  });
  const link = linkTo(address, log);
  const ignored = () => {};
  link.start({
    hears: () => true,
    connected: ignored,
    otherEpoch: ignored,
    refused: ignored,
    received: ignored,
  });
  await thrice.promise;
  await link.stop();
  assert.equal(log.lines.filter(({ message }) => message === 'gateway attachment ended').length, 1);
});
