import { join } from 'node:path';
import type { Backend, Signing } from '#libs/crypto/signature-scheme.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { QuorumCertificate as WireCertificate } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type {
  SignatureFromCore,
  SignRequest,
  SignResponse,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { CertificateKind } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { composeCore } from '#services/signer/compose-core.ts';
import { composeEdge } from '#services/signer/compose-edge.ts';
import type { CoreConfig } from '#services/signer/config-core.ts';
import { coreClient } from '#services/signer/edge/core-client.ts';
import { openCore } from '#services/signer/running/open-core.ts';
import type { SignerApi } from '#services/signer/socket/signer-api.ts';
import {
  clientTls,
  type SignerHome,
  signerClient,
  writeClientCertificate,
} from '#test/support/signer/signer-home.ts';
import { putCertificate } from '#test/support/signer/signer-peers.ts';

/** The implementation that signs, and its mode of signing. */
export interface SigningBackend {
  readonly backend: Backend;
  readonly signing: Signing;
}

/** A signer behind any way to it: the same words, the same answers. */
export interface SignerWay extends Pick<SignerApi, 'getSigner'> {
  openSession(): Promise<bigint>;
  sign(request: SignRequest): Promise<SignResponse>;
  put(session: bigint, certificate: QuorumCertificate): Promise<bigint>;
  close(): Promise<void>;
}

/** Opens the signer of a home; the one before was closed. */
export type OpenWay = (home: SignerHome, how: SigningBackend) => Promise<SignerWay>;

/** Every way to a core that consensus could take. */
export const SIGNER_WAYS: Readonly<Record<string, OpenWay>> = {
  'in process': async (home, how) => {
    const { SIGNER_FOLDER: folder, SIGNER_PROTOCOL: protocol } = home.config;
    const core = await openCore({ folder, protocol, ...how, log: memoryLogger(), onServing: () => {} });
    return wayOf(core.api, home, () => core.close());
  },
  'Unix socket': async (home, how) => {
    const core = await startedCore(home, how);
    const client = coreClient(socketOf(home));
    return wayOf(client, home, async () => {
      client.close();
      await core.stop();
    });
  },
  'gRPC with mutual TLS': async (home, how) => {
    const core = await startedCore(home, how);
    const tls = clientTls(home);
    const { config } = home;
    const edge = await composeEdge(
      {
        SIGNER_EDGE_LISTEN: '127.0.0.1:0',
        SIGNER_EDGE_CORE: socketOf(home),
        SIGNER_EDGE_TLS_CA: config.SIGNER_TLS_CA,
        SIGNER_EDGE_TLS_CERT: config.SIGNER_TLS_CERT,
        SIGNER_EDGE_TLS_KEY: config.SIGNER_TLS_KEY,
        SIGNER_EDGE_CLIENT_NAME: 'consensus',
        SIGNER_EDGE_PROTOCOL: config.SIGNER_PROTOCOL,
        SIGNER_EDGE_CLIENT_CERTS: [await writeClientCertificate(home, tls)],
      },
      memoryLogger(),
    );
    await edge.start();
    const client = signerClient(edge.boundAddress(), tls);
    return {
      getSigner: () => client.getSigner({}),
      openSession: async () => (await client.openSession({})).session,
      sign: (request) => client.sign(request),
      put: (session, certificate) => putCertificate(client, home.others.scope(session), certificate),
      async close() {
        client.close();
        await edge.stop();
        await core.stop();
      },
    };
  },
};

function socketOf({ root }: SignerHome): string {
  return join(root, 'core.sock');
}

async function startedCore(home: SignerHome, { backend, signing }: SigningBackend) {
  const config: CoreConfig = {
    SIGNER_CORE_SOCKET: socketOf(home),
    SIGNER_CORE_FOLDER: home.config.SIGNER_FOLDER,
    SIGNER_CORE_SOCKET_ACCESS: 'owner',
    SIGNER_CORE_VOTES: 'none',
    SIGNER_CORE_PROTOCOL: home.config.SIGNER_PROTOCOL,
    SIGNER_CORE_BACKEND: backend,
    SIGNER_CORE_SIGNING: signing,
    SIGNER_CORE_NICENESS: 0,
  };
  const core = await composeCore(config, memoryLogger());
  await core.start();
  return core;
}

/** The answer as clients get it: without the times, which the edge keeps for its metrics. */
function plain({ signature, repeatedSignature }: SignatureFromCore): SignResponse {
  return { signature, repeatedSignature };
}

function wayOf(api: SignerApi, { others }: SignerHome, close: () => Promise<void>): SignerWay {
  return {
    getSigner: () => api.getSigner(),
    openSession: async () => (await api.openSession()).session,
    sign: async (request) => plain(await api.sign(request)),
    async put(session, certificate) {
      const chunk = WireCertificate.encode(certificateToWire(certificate)).finish();
      const request = { kind: CertificateKind.QUORUM, chunk, scope: others.scope(session) };
      return (await api.putCertificate(request)).view;
    },
    close,
  };
}
