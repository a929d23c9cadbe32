import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { type MemoryLogger, memoryLogger } from '#libs/log/memory-logger.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import { type AttachRequest, TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { NO_PARTS } from '#libs/protocol/held-parts.ts';
import type { Phase } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { stubGateway } from '#test/support/consensus/stub-gateway.ts';
import { hotStuffIn, sealed } from '#test/support/hotstuff/sealed.ts';
import { GatewayLink } from './gateway-link.ts';

const ENVELOPE = { chainTag: new Uint8Array(8), epoch: toEpoch(0n), protocol: wireOf(HOTSTUFF.id) };
const KEYS = [1, 2].map((value) => new Uint8Array(32).fill(value));

function requestFrame(requestId: bigint) {
  const height = toHeight(1n);
  const payload = encodePeerMessage(
    { kind: 'blocks-request', requestId, from: height, to: height },
    ENVELOPE,
  );
  return frameOf(payload);
}

function frameOf(payload: Uint8Array) {
  const from = KEYS[1] ?? new Uint8Array();
  return { body: { $case: 'received' as const, value: { from, trafficClass: TrafficClass.SYNC, payload } } };
}

/** A gateway that hands out two messages of one member to each consensus that attaches. */
async function* handOut(signal: AbortSignal) {
  for (const id of [1n, 2n, 2n]) yield requestFrame(id);
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function linkTo(address: string, log: MemoryLogger): GatewayLink {
  const link = new GatewayLink({
    address,
    chainTag: ENVELOPE.chainTag,
    limits: WIRE_LIMITS,
    protocolIn: () => ENVELOPE.protocol,
    nameOf: (key) => (key[0] === 2 ? 'bob' : ''),
    log,
  });
  link.enter({ epoch: ENVELOPE.epoch, keys: KEYS, me: toMemberIndex(0) });
  return link;
}

test('drops a message that cannot be handled, says so once, and stays attached', async () => {
  const log = memoryLogger();
  const link = linkTo(await stubGateway(handOut), log);
  const refused: string[] = [];
  const heard: unknown[] = [];
  await new Promise<void>((resolve) => {
    link.start({
      held: NO_PARTS,
      hears: () => true,
      noticed: () => {},
      hearsReport: () => true,
      connected: () => {},
      refused: (from, cause, detail) => refused.push(`${from} ${cause}: ${detail}`),
      hear: (_from, read) => {
        heard.push(read.ok && read.body.kind === 'blocks-request' && read.body.requestId);
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
  const address = await stubGateway(async function* () {
    attachments += 1;
    if (attachments === 4) thrice.resolve();
    yield requestFrame(1n);
    throw new Error('not now');
  });
  const link = linkTo(address, log);
  const ignored = () => {};
  link.start({
    held: NO_PARTS,
    hears: () => true,
    noticed: ignored,
    hearsReport: () => true,
    connected: ignored,
    refused: ignored,
    hear: ignored,
  });
  await thrice.promise;
  await link.stop();
  assert.equal(log.lines.filter(({ message }) => message === 'gateway attachment ended').length, 1);
});

test('F-44: tells the gateway the name of each other member with its key', async () => {
  const told = Promise.withResolvers<AttachRequest>();
  const address = await stubGateway(async function* (signal, requests) {
    for await (const request of requests) told.resolve(request);
    yield* handOut(signal);
  });
  const link = linkTo(address, memoryLogger());
  const ignored = () => {};
  link.start({
    held: NO_PARTS,
    hears: () => true,
    noticed: ignored,
    hearsReport: () => true,
    connected: ignored,
    refused: ignored,
    hear: ignored,
  });
  const { body } = await told.promise;
  await link.stop();
  assert.ok(body?.$case === 'hello');
  assert.deepEqual(body.value.memberPublicKeys.map(toHex), [toHex(KEYS[1] ?? new Uint8Array())]);
  assert.deepEqual(body.value.memberNames, ['bob']);
});

test('F-15: a report of a view that is over is refused at its first bytes, and one that hides its view is handed on as not yet asked for', async () => {
  const certificate = (phase: Phase) => genesisCertificate(HOTSTUFF_TABLE, phase, toDigest('d'.repeat(64)));
  const report = (view: bigint) =>
    encodePeerMessage(
      sealed({
        kind: 'new-view',
        view: toView(view),
        high: certificate('prepare'),
        commit: certificate('commit'),
        timeoutCertificate: undefined,
      }),
      ENVELOPE,
    );
  const nonsense = report(3n).fill(0xff, 20);
  const reordered = withViewLast(report(3n));
  const address = await stubGateway(async function* (signal) {
    for (const payload of [nonsense, reordered, report(4n)]) yield frameOf(payload);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  });
  const link = linkTo(address, memoryLogger());
  const refused: string[] = [];
  const heard: (readonly [view: bigint, isReportHeard: boolean])[] = [];
  await new Promise<void>((resolve) => {
    link.start({
      held: NO_PARTS,
      hears: () => true,
      noticed: () => {},
      hearsReport: (_from, { view }) => view >= 4n,
      connected: () => {},
      refused: (from, cause) => refused.push(`${from} ${cause}`),
      hear: (_from, read, isReportHeard = false) => {
        const message = read.ok ? hotStuffIn(read.body) : undefined;
        heard.push([message?.kind === 'new-view' ? message.view : 0n, isReportHeard]);
        if (heard.length === 2) resolve();
      },
    });
  });
  await link.stop();
  assert.deepEqual(heard, [
    [3n, false],
    [4n, true],
  ]);
  assert.deepEqual(refused, ['1 stale']);
});

/** The same message with its fields in an order of which Protobuf says that it means the same. */
function withViewLast(bytes: Uint8Array): Uint8Array {
  const start = bytes.indexOf((13 << 3) | 2, 10) + 2;
  const [view, rest] = [bytes.subarray(start, start + 2), bytes.subarray(start + 2)];
  return Buffer.concat([bytes.subarray(0, start), rest, view]);
}
