import { assert } from '#libs/assert/assert.ts';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { toEpoch } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import { encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import {
  type AttachResponse,
  GatewayServiceDefinition,
  TrafficClass,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { chainTag, genesisDigest } from '#libs/settings/genesis.ts';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { within } from '#test/support/within.ts';

const CONNECT_MS_MAX = 300_000;

/** A member, in the place of its consensus, that gives one other member a transaction and the rest nothing. */
export async function giveToOne(
  home: string,
  receiver: number,
  transaction: Uint8Array,
  untilGiven: () => Promise<void>,
): Promise<void> {
  const { facts, genesis, index } = readMemberHome(home, {});
  const tag = fromHex(chainTag(genesisDigest(genesis))) ?? new Uint8Array();
  const keys = genesis.members.map(({ gatewayPublicKey }) => gatewayPublicKey);
  const to = keys[receiver];
  assert(to !== undefined, 'the receiver is a member');
  const client = grpcClient(GatewayServiceDefinition, { address: `unix:${facts.paths.gatewaySocket}` });
  const stream = client.attach();
  try {
    const memberPublicKeys = keys.filter((_, member) => member !== index);
    stream.send({ body: { $case: 'hello', value: { chainTag: tag, memberPublicKeys, memberNames: [] } } });
    await within('the gateway of the receiver', connected(stream.responses, toHex(to)), CONNECT_MS_MAX);
    const envelope = { chainTag: tag, epoch: toEpoch(0n), protocol: wireOf(genesis.protocol) };
    const payload = encodePeerMessage(
      { kind: 'transactions', transactions: [transactionOf(transaction)] },
      envelope,
    );
    const frame = { to: [to], trafficClass: TrafficClass.TRANSACTION, payload, traceparent: '' };
    stream.send({ body: { $case: 'send', value: frame } });
    await untilGiven();
  } finally {
    stream.cancel();
    client.close();
  }
}

async function connected(responses: AsyncIterable<AttachResponse>, key: string): Promise<void> {
  // No `for await` here: leaving it would end the stream.
  const each = responses[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await each.next();
    assert(done !== true, 'the gateway stays attached');
    const { body } = value;
    const isConnection = body !== undefined && body.$case !== 'received';
    if (isConnection && body.value.connected && toHex(body.value.publicKey) === key) return;
  }
}
