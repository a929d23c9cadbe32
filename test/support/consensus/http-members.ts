import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { type MemberIndex, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { ed25519FromSeed } from '#libs/crypto/ed25519.ts';
import type { PeerListener } from '#libs/engine/ports/peer-listener.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { HttpsServer } from '#libs/http/https-server.ts';
import { ownCertificate } from '#libs/http/own-certificate.ts';
import type { HttpRoute } from '#libs/http/route.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import type { CertifiedKey } from '#libs/pki/pki.ts';
import { NO_PARTS } from '#libs/protocol/held-parts.ts';
import { PBFT } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { HttpPeers } from '#services/consensus/adapters/tinyweb/peers/http-peers.ts';
import { MessageJson } from '#services/consensus/adapters/tinyweb/peers/message-json.ts';
import { PROBE_ROUTE } from '#services/consensus/adapters/tinyweb/peers/peer-line.ts';

export const HTTP_ENVELOPE = {
  chainTag: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  epoch: toEpoch(0n),
  protocol: wireOf(PBFT.id),
};

/** A party with a key, of the circle or not. */
export interface HttpParty {
  readonly key: Uint8Array;
  readonly certificate: CertifiedKey;
}

export function httpParty(): HttpParty {
  const seed = randomBytes(32);
  return { key: ed25519FromSeed(seed).publicKey, certificate: ownCertificate(seed, 'party') };
}

/** A node that keeps what it hears. */
export class HearingNode implements PeerListener {
  readonly held = NO_PARTS;
  readonly heard: { readonly from: MemberIndex; readonly body: PeerMessageBody }[] = [];
  readonly refusals: string[] = [];
  readonly connections: MemberIndex[] = [];
  readonly notices: string[] = [];
  hearsAll = true;
  #waiting: (() => void)[] = [];

  hears(): boolean {
    return this.hearsAll;
  }

  hearsReport(): boolean {
    return true;
  }

  hear(...[from, read]: Parameters<PeerListener['hear']>): void {
    if (read.ok) this.heard.push({ from, body: read.body });
    else this.refusals.push(`${from} ${read.cause}`);
    this.#wake();
  }

  refused(...[from, cause]: Parameters<PeerListener['refused']>): void {
    this.refusals.push(`${from} ${cause}`);
    this.#wake();
  }

  noticed(...[member, fault]: Parameters<PeerListener['noticed']>): void {
    this.notices.push(`${member} ${fault}`);
  }

  connected(member: MemberIndex): void {
    this.connections.push(member);
    this.#wake();
  }

  /** Resolves once this holds, which is looked at whenever something was heard. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each();
  }
}

export interface HttpMember extends HttpParty {
  readonly peers: HttpPeers;
  readonly node: HearingNode;
  readonly log: ReturnType<typeof memoryLogger>;
  /** Names of peers that did not take a message. */
  readonly failures: string[];
  /** Requests that were answered: `/VerificationVote 200`. */
  readonly answered: string[];
  readonly server: HttpsServer;
  readonly port: number;
}

const CODEC = new MessageJson();

const PROBED: HttpRoute = {
  method: 'POST',
  path: PROBE_ROUTE,
  summary: 'Answers probes.',
  handle: () => ({ status: 200, body: { chainLength: 0 } }),
};

/** Members of one circle that reach each other by HTTPS on this machine, each named by its index. */
export async function httpMembers(t: TestContext, count: number): Promise<readonly HttpMember[]> {
  const parties = Array.from({ length: count }, httpParty);
  const keys = parties.map(({ key }) => key);
  const nameOf = (key: Uint8Array) => `m${keys.findIndex((each) => toHex(each) === toHex(key))}`;
  const members: HttpMember[] = [];
  for (const party of parties) members.push(await memberOf(t, party, nameOf));
  const addresses = new Map(
    members.map(({ key, port }) => [toHex(key), [{ host: '127.0.0.1', port }]] as const),
  );
  for (const [index, { peers, node, certificate }] of members.entries()) {
    peers.enter({ epoch: HTTP_ENVELOPE.epoch, keys, me: toMemberIndex(index) });
    peers.identify({ certificate, addresses });
    peers.start(node);
  }
  return members;
}

async function memberOf(t: TestContext, party: HttpParty, nameOf: (key: Uint8Array) => string) {
  const [log, node, failures, answered] = [memoryLogger(), new HearingNode(), [] as string[], [] as string[]];
  const peers = new HttpPeers({
    chainTag: HTTP_ENVELOPE.chainTag,
    limits: WIRE_LIMITS,
    protocolIn: () => HTTP_ENVELOPE.protocol,
    ...{ nameOf, log },
    random: () => 0.5,
    codec: CODEC,
    finalHeight: () => 7n,
    failed: (peer) => failures.push(peer),
  });
  const server = new HttpsServer({
    listen: { host: '127.0.0.1', port: 0 },
    certificate: party.certificate,
    info: { title: 'test', version: '1' },
    routes: [...peers.routes(), PROBED],
    onFault: (error) => log.error('fault', error),
    metrics: { ended: (route, status) => answered.push(`${route} ${status}`) },
  });
  t.after(async () => {
    await peers.stop();
    await server.stop();
  });
  await server.start();
  return { ...party, peers, node, log, failures, answered, server, port: server.port };
}
