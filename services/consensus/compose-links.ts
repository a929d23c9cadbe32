import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '#libs/bytes/hex.ts';
import type { GrpcMetrics } from '#libs/grpc/grpc-metrics.ts';
import { readTls, type TlsMaterial, type TlsPaths, tlsRenewal } from '#libs/grpc/tls-files.ts';
import type { Logger } from '#libs/log/logger.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import { chainTag } from '#libs/settings/genesis.ts';
import { parsePeersYaml } from '#libs/settings/peers-yaml.ts';
import { AuditWatch } from './adapters/audit-watch.ts';
import type { GatewayLinkOptions } from './adapters/gateway-link-options.ts';
import { nameOfGateway } from './adapters/gateway-names.ts';
import { handoverProof } from './adapters/handover-proof.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import { peerLimitsOf } from './adapters/peer-limits.ts';
import { SignerClient, type SignerClientOptions } from './adapters/signer-client.ts';
import { SignerGate } from './adapters/signer-gate.ts';
import { auditedIn } from './audit-port.ts';
import type { ConsensusConfig } from './config.ts';
import { viewTraceId } from './core/view-trace.ts';
import type { Member } from './member.ts';

export function signerOf(
  config: ConsensusConfig,
  chain: LoadedChain,
  { log, onLost }: Pick<SignerClientOptions, 'log' | 'onLost'>,
): SignerClient {
  return new SignerClient({
    address: config.CONSENSUS_SIGNER_ADDRESS,
    chain: chain.chainDigest,
    traceIdOf: (view) => viewTraceId(chain.chainDigest, view),
    log,
    onLost,
    handoverOf: (epoch) => handoverProof(chain, epoch),
    tls: { ...readTls(signerTlsPaths(config)), serverName: config.CONSENSUS_SIGNER_NAME },
  });
}

/** Renews the certificate that the signer is shown, and tells when it expires. */
export function signerTlsOf(
  config: ConsensusConfig,
  signerClient: Pick<SignerClient, 'renewTls'>,
  { grpc, log }: { readonly grpc: Pick<GrpcMetrics, 'certificate'>; readonly log: Logger },
): Lifecycle {
  const paths = signerTlsPaths(config);
  const inForce = (certificate: Buffer): void => grpc.certificate('signer_client', certificate);
  inForce(readFileSync(paths.certificate));
  const renew = (tls: TlsMaterial): void => {
    signerClient.renewTls(tls);
    inForce(tls.certificate);
  };
  return tlsRenewal(paths, renew, log);
}

function signerTlsPaths(config: ConsensusConfig): TlsPaths {
  const { CONSENSUS_SIGNER_TLS_CA: ca, CONSENSUS_SIGNER_TLS_CERT: certificate } = config;
  return { ca, certificate, key: config.CONSENSUS_SIGNER_TLS_KEY };
}

/** The identity that the signer must match: this chain, and the key of this member in the current epoch. */
function identityOf({ chainDigest, book, name: own }: LoadedChain) {
  return {
    chainDigest,
    ownKey: () => book.current.set.members.find(({ name }) => name === own),
    epoch: () => book.current.epoch,
  };
}

export function signerGateOf(
  signer: SignerClient,
  chain: LoadedChain,
  { member, log }: { readonly member: () => Member; readonly log: Logger },
): SignerGate {
  return new SignerGate({
    signer,
    ...identityOf(chain),
    recorded: () => member().recorded,
    halt: (...halt) => member().halt(...halt),
    log,
  });
}

export function auditWatchOf(
  config: ConsensusConfig,
  chain: LoadedChain,
  { signerClient, log }: { readonly signerClient: SignerClient; readonly log: Logger },
): AuditWatch {
  return new AuditWatch({
    path: join(config.CONSENSUS_FOLDER, 'audit-heads.json'),
    signer: signerClient,
    chain: chain.chainDigest,
    own: () => auditedIn(chain.book.current.roster, ({ name }) => name === chain.name),
    log,
  });
}

/** How messages of members are written and read, whatever carries them. */
export function linkOptionsOf(
  chain: LoadedChain,
  { traceparentOf, log }: Pick<GatewayLinkOptions, 'traceparentOf' | 'log'>,
): Omit<GatewayLinkOptions, 'address'> {
  const { genesis, book } = chain;
  return {
    chainTag: tagBytes(chain),
    limits: peerLimitsOf(genesis),
    // A message of an epoch that has not begun here is read no further than its epoch.
    nameOf: (key) => nameOfGateway(book, key),
    protocolIn: (epoch) => wireOf((book.epoch(epoch) ?? book.current).terms.protocol),
    ...(traceparentOf === undefined ? {} : { traceparentOf }),
    log,
  };
}

/** Gateway keys in peers.yaml: a member that is new finds the others there, and knows their chain by its certificates. */
export function guestsOf({ CONSENSUS_PEERS: path }: ConsensusConfig): readonly Uint8Array[] {
  if (path === undefined) return [];
  return parsePeersYaml(readFileSync(path, 'utf8')).peers.map(({ publicKey }) => publicKey);
}

function tagBytes({ chainDigest }: LoadedChain): Uint8Array {
  return fromHex(chainTag(chainDigest)) ?? new Uint8Array();
}
