import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { LATE_REPORTS_PER_SECOND_MAX } from '#libs/engine/joining/joining-limits.ts';
import { LateReports } from '#libs/engine/joining/late-reports.ts';
import type { OperatorCode } from '#libs/engine/ports/operator-codes.ts';
import { type MemoryLogger, type MemoryLogLine, memoryLogger } from '#libs/log/memory-logger.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import { TrafficClass } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { NO_PARTS } from '#libs/protocol/held-parts.ts';
import type { Proposal } from '#libs/protocol/hotstuff/message.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { type GatewaySpeech, stubGateway } from '#test/support/consensus/stub-gateway.ts';
import { bodyOf, type Said } from '#test/support/hotstuff/sealed.ts';
import { SENT_BYTES_BURST } from '../core/core-limits.ts';
import { GatewayLink } from './gateway-link.ts';
import { MemberMonitor } from './member-monitor.ts';

const ENVELOPE = { chainTag: new Uint8Array(8), epoch: toEpoch(0n), protocol: wireOf(HOTSTUFF.id) };
const KEYS = [1, 2].map((value) => new Uint8Array(32).fill(value));
const PEER = toMemberIndex(1);
const GENESIS = genesisBlock({ genesisTimeMs: 0n });
const OWN = { instance: 0n, view: toView(5n) };
/** Ends what the gateway hands out. */
const LAST: Said = { kind: 'block-request', digest: GENESIS.digest };

const prepare = genesisCertificate(HOTSTUFF_TABLE, 'prepare', GENESIS.digest);
const commit = genesisCertificate(HOTSTUFF_TABLE, 'commit', GENESIS.digest);

function proposalWith(change: Partial<Proposal>): Proposal {
  const block = sealBlock({ ...GENESIS.header, transactionCount: 0 }, []);
  const signature = Uint8Array.of(1);
  return { kind: 'proposal', block, justify: prepare, timeoutCertificate: undefined, signature, ...change };
}

function blockWith(transactions: readonly Uint8Array[]): Proposal['block'] {
  const own = transactions.map(transactionOf);
  return sealBlock({ ...GENESIS.header, transactionCount: own.length }, own);
}

const encoded = (said: Said): Uint8Array => encodePeerMessage(bodyOf(said), ENVELOPE);

/** A gateway that hands out these payloads of one member. */
function handingOut(payloads: readonly Uint8Array[]): GatewaySpeech {
  const from = KEYS[1] ?? new Uint8Array();
  return async function* (signal) {
    for (const payload of [...payloads, encoded(LAST)]) {
      const value = { from, trafficClass: TrafficClass.CONSENSUS, payload };
      yield { body: { $case: 'received', value } };
    }
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  };
}

interface Heard {
  readonly log: MemoryLogger;
  readonly link: GatewayLink;
}

/** Has a link of production hear these payloads, told to the monitor of production; the caller stops it. */
async function hear(payloads: readonly Uint8Array[], isMuted = false): Promise<Heard> {
  const log = memoryLogger();
  const monitor = new MemberMonitor(
    log,
    (member) => `m${member}`,
    () => 0,
  );
  const late = new LateReports({ nowMs: () => 0, after: () => () => {} });
  const link = new GatewayLink({
    address: await stubGateway(handingOut(payloads)),
    chainTag: ENVELOPE.chainTag,
    limits: WIRE_LIMITS,
    protocolIn: () => ENVELOPE.protocol,
    nameOf: () => '',
    log,
  });
  link.enter({ epoch: ENVELOPE.epoch, keys: KEYS, me: toMemberIndex(0) });
  let count = 0;
  await new Promise<void>((resolve) => {
    const one = (): void => {
      count += 1;
      if (count > payloads.length) resolve();
    };
    link.start({
      held: NO_PARTS,
      hears: () => !isMuted,
      hearsReport: (from, reported) => late.hears(from, reported, OWN),
      connected: () => {},
      noticed: (member, fault) => monitor.noticed(member, fault),
      refused: (from, cause, detail, fault) => {
        monitor.refused(from, cause, detail, fault);
        one();
      },
      hear: (from, read) => {
        if (!read.ok) monitor.refused(from, read.cause, read.detail, read.fault);
        one();
      },
    });
  });
  return { log, link };
}

function codedLines({ lines }: MemoryLogger): readonly MemoryLogLine[] {
  return lines.filter(({ fields }) => fields['code'] !== undefined);
}

/** One line, of this code and peer. */
async function assertSaid(
  payloads: readonly Uint8Array[],
  code: OperatorCode,
  detail?: string,
): Promise<void> {
  const { log, link } = await hear(payloads);
  await link.stop();
  const said = codedLines(log).map(({ level, fields }) => [level, fields['code'], fields['peer']]);
  assert.deepEqual(said, [['warn', code, 'm1']]);
  if (detail !== undefined) assert.equal(codedLines(log)[0]?.fields['detail'], detail);
}

describe('bytes of a member, as its gateway hands them on, are named by', () => {
  test('F-65: OVERSIZED_PROPOSAL a proposal of more fields than any message has', async () => {
    const many = blockWith(Array.from({ length: WIRE_LIMITS.fieldsMax }, () => Uint8Array.of(1)));
    await assertSaid([encoded(proposalWith({ block: many }))], 'OVERSIZED_PROPOSAL', 'too many fields');
  });

  test('F-65: OVERSIZED_BLOCK_COMPONENT a proposal with a transaction above the limit, or with too many', async () => {
    const large = blockWith([new Uint8Array(WIRE_LIMITS.transactionBytesMax + 1).fill(1)]);
    await assertSaid(
      [encoded(proposalWith({ block: large }))],
      'OVERSIZED_BLOCK_COMPONENT',
      'transaction too large',
    );
    const many = blockWith(Array.from({ length: WIRE_LIMITS.transactionsMax + 1 }, () => Uint8Array.of(1)));
    await assertSaid(
      [encoded(proposalWith({ block: many }))],
      'OVERSIZED_BLOCK_COMPONENT',
      'too many transactions',
    );
  });

  test('F-65: OVERSIZED_QC_COMPONENT a certificate with more signatures than members, or a larger signature', async () => {
    const signature = Uint8Array.of(1);
    const signatures = Array.from({ length: WIRE_LIMITS.membersMax + 1 }, () => ({
      member: PEER,
      signature,
    }));
    const crowded = encoded({ kind: 'certificate', certificate: { ...prepare, signatures } });
    await assertSaid([crowded], 'OVERSIZED_QC_COMPONENT', 'too many signatures');
    const large = [{ member: PEER, signature: new Uint8Array(WIRE_LIMITS.signatureBytesMax + 1) }];
    const proposal = proposalWith({ justify: { ...prepare, signatures: large } });
    await assertSaid([encoded(proposal)], 'OVERSIZED_QC_COMPONENT', 'signature too large');
  });

  test('F-65: INVALID_PROPOSAL_STRUCTURE a proposal that cannot be read, or lacks a part', async () => {
    const whole = encoded(proposalWith({}));
    await assertSaid(
      [whole.subarray(0, whole.length - 1)],
      'INVALID_PROPOSAL_STRUCTURE',
      'not a peer message',
    );
    const unsigned = encoded(proposalWith({ signature: new Uint8Array() }));
    await assertSaid([unsigned], 'INVALID_PROPOSAL_STRUCTURE', 'signature is empty');
  });

  test('F-65: TIMEOUT_SPAM more reports of views that are over than are heard in a second', async () => {
    const report = (kind: 'new-view' | 'timeout', view: bigint): Said => {
      const body = { view: toView(view), high: prepare, commit, timeoutCertificate: undefined };
      return kind === 'new-view'
        ? { kind, ...body }
        : { kind, ...body, member: PEER, signature: Uint8Array.of(1) };
    };
    const late = Array.from({ length: LATE_REPORTS_PER_SECOND_MAX }, (_, index) =>
      encoded(report(index % 2 === 0 ? 'timeout' : 'new-view', 4n)),
    );
    const { log, link } = await hear([...late, encoded(report('timeout', 6n))]);
    await link.stop();
    assert.deepEqual(codedLines(log), []);
    await assertSaid([...late, encoded(report('timeout', 3n))], 'TIMEOUT_SPAM');
  });

  test('F-65: DOS_ATTACKER_BLOCKED what a member says that is not listened to', async () => {
    const { log, link } = await hear([encoded(LAST), encoded(LAST)], true);
    await link.stop();
    const said = codedLines(log).map(({ fields }) => [fields['code'], fields['peer'], fields['count']]);
    assert.deepEqual(said, [['DOS_ATTACKER_BLOCKED', 'm1', 1]]);
  });
});

test('F-65: BANDWIDTH_THROTTLE names a member that asks for more than is sent to one', async () => {
  const { log, link } = await hear([]);
  const proof = proposalWith({ block: blockWith([new Uint8Array(SENT_BYTES_BURST).fill(1)]) });
  link.send(PEER, bodyOf(proof));
  assert.deepEqual(codedLines(log), []);
  for (let count = 0; count < 3; count++) link.send(PEER, bodyOf(proof));
  await link.stop();
  const said = codedLines(log).map(({ level, fields }) => [level, fields['code'], fields['peer']]);
  assert.deepEqual(said, [['warn', 'BANDWIDTH_THROTTLE', 'm1']]);
});
