import { readFileSync } from 'node:fs';
import { AppError } from '#libs/errors/app-error.ts';
import type { ServerTls } from '#libs/grpc/server.ts';
import { readTlsKey } from '#libs/grpc/tls-files.ts';
import type { ConsensusConfig } from '../config.ts';

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[?::1\]?)(?::\d+)?$/;

type TlsSettings = Pick<
  ConsensusConfig,
  'CONSENSUS_TLS_CERT' | 'CONSENSUS_TLS_KEY' | 'CONSENSUS_TLS_CA' | 'CONSENSUS_LISTEN'
>;

/**
 * TLS of the client API. Plain text is for this machine only: anywhere else a client could not tell who answers. With
 * an authority clients are asked for a certificate; a client without one is served too, under its address.
 * @throws AppError `CONSENSUS_TLS_REQUIRED`.
 */
export function clientTls(config: TlsSettings): { readonly tls?: ServerTls } {
  const { CONSENSUS_TLS_CERT: certificate, CONSENSUS_TLS_KEY: key, CONSENSUS_LISTEN: address } = config;
  const { CONSENSUS_TLS_CA: ca } = config;
  if (certificate !== undefined && key !== undefined) {
    return {
      tls: {
        certificate: readFileSync(certificate),
        key: readTlsKey(key),
        ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
        requireClientCertificate: false,
      },
    };
  }
  if (ca !== undefined) {
    throw required('CONSENSUS_TLS_CA: set CONSENSUS_TLS_CERT and CONSENSUS_TLS_KEY too, or leave it out');
  }
  if (LOOPBACK.test(address) || address.startsWith('unix:')) return {};
  throw required(
    `CONSENSUS_LISTEN: ${address} is not on loopback: set CONSENSUS_TLS_CERT and CONSENSUS_TLS_KEY, or listen on 127.0.0.1`,
  );
}

function required(message: string): AppError {
  return new AppError(message, { code: 'CONSENSUS_TLS_REQUIRED' });
}
