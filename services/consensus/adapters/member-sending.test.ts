import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import type { AttachRequest } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { type GatewayOutput, MemberSending } from './member-sending.ts';

const SAID_IN = { epoch: toEpoch(0n), protocol: wireOf(HOTSTUFF.id) };
const MIB = 1024 * 1024;
const one = { to: toMemberIndex(1), key: new Uint8Array(32).fill(1) };
const two = { to: toMemberIndex(2), key: new Uint8Array(32).fill(2) };

/** A report of this size, which is of the class of votes. */
function report(sizeBytes: number): PeerMessageBody {
  const digest = toDigest('d'.repeat(64));
  const signatures = [{ member: toMemberIndex(0), signature: new Uint8Array(sizeBytes) }];
  return sealed({
    kind: 'new-view',
    view: toView(1n),
    high: { ...genesisCertificate(HOTSTUFF_TABLE, 'prepare', digest), signatures },
    commit: genesisCertificate(HOTSTUFF_TABLE, 'commit', digest),
    timeoutCertificate: undefined,
  });
}

function transactions(sizeBytes: number): PeerMessageBody {
  return { kind: 'transactions', transactions: [transactionOf(new Uint8Array(sizeBytes))] };
}

class NotedOutput implements GatewayOutput {
  readonly addressees: string[] = [];
  reads = true;
  readonly #drained = Promise.withResolvers<void>();

  send({ body }: AttachRequest): boolean {
    if (body?.$case === 'send') this.addressees.push(body.value.to.map((key) => key[0]).join() || 'all');
    return this.reads;
  }

  writable(): Promise<void> {
    return this.#drained.promise;
  }

  async drain(): Promise<void> {
    this.reads = true;
    this.#drained.resolve();
    await this.#drained.promise;
  }
}

function sendingIn() {
  const refused: number[] = [];
  const sending = new MemberSending({
    chainTag: new Uint8Array(8),
    log: memoryLogger(),
    refused: (to) => refused.push(to),
  });
  return { sending, refused, output: new NotedOutput() };
}

describe('the messages of a member to the gateway', () => {
  test('go to one by its key or to all, and are counted once', () => {
    const { sending, output } = sendingIn();
    sending.send(output, one, report(100), SAID_IN);
    const { sentBytes } = sending;
    sending.send(output, 'all', report(100), SAID_IN);
    assert.deepEqual(output.addressees, ['1', 'all']);
    assert.ok(sentBytes > 100);
    assert.equal(sending.sentBytes, 2 * sentBytes);
  });

  test('of the class of votes end for a member that asked for more than its budget, and for no other', () => {
    const { sending, output, refused } = sendingIn();
    sending.send(output, one, report(32 * MIB), SAID_IN);
    sending.send(output, one, report(100), SAID_IN);
    sending.send(output, one, transactions(100), SAID_IN);
    sending.send(output, two, report(100), SAID_IN);
    sending.send(output, 'all', report(100), SAID_IN);
    assert.deepEqual(output.addressees, ['1', '1', '2', 'all']);
    assert.deepEqual(refused, [1]);
    assert.equal(sending.droppedFrames, 1);
  });

  test('that a gateway does not read are dropped above the limit, until it reads or is attached anew', async () => {
    const { sending, output } = sendingIn();
    output.reads = false;
    for (let at = 0; at < 5; at++) sending.send(output, 'all', report(15 * MIB), SAID_IN);
    assert.equal(output.addressees.length, 4);
    assert.equal(sending.droppedFrames, 1);
    await output.drain();
    sending.send(output, 'all', report(15 * MIB), SAID_IN);
    assert.equal(output.addressees.length, 5);

    const other = new NotedOutput();
    other.reads = false;
    for (let at = 0; at < 5; at++) sending.send(other, 'all', report(15 * MIB), SAID_IN);
    assert.equal(sending.droppedFrames, 2);
    sending.restart();
    sending.send(other, 'all', report(15 * MIB), SAID_IN);
    assert.equal(sending.droppedFrames, 2);
  });

  test('F-24: that are answers or transactions leave room for votes, while a gateway does not read', () => {
    const { sending, output } = sendingIn();
    output.reads = false;
    for (let at = 0; at < 5; at++) sending.send(output, one, transactions(15 * MIB), SAID_IN);
    assert.deepEqual([output.addressees.length, sending.droppedFrames], [2, 3]);
    for (let at = 0; at < 3; at++) sending.send(output, 'all', report(10 * MIB), SAID_IN);
    assert.deepEqual([output.addressees.length, sending.droppedFrames], [5, 3]);
  });
});
