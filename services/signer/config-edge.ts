import { z } from 'zod';
import { absolutePath, clientCertificates, signerConfig } from './config.ts';

const { shape } = signerConfig;

/** Settings of the edge: it has no key but that of its certificate. */
export const edgeConfig = z.strictObject({
  SIGNER_EDGE_LISTEN: shape.SIGNER_LISTEN,
  /** Socket of the core. */
  SIGNER_EDGE_CORE: absolutePath,
  SIGNER_EDGE_TLS_CA: shape.SIGNER_TLS_CA,
  SIGNER_EDGE_TLS_CERT: shape.SIGNER_TLS_CERT,
  SIGNER_EDGE_TLS_KEY: shape.SIGNER_TLS_KEY,
  SIGNER_EDGE_CLIENT_NAME: shape.SIGNER_CLIENT_NAME,
  /** Certificates (PEM files, by comma) whose keys may ask; at least one. */
  SIGNER_EDGE_CLIENT_CERTS: clientCertificates.refine(
    ({ length }) => length > 0,
    'expected at least one file',
  ),
});

export type EdgeConfig = z.output<typeof edgeConfig>;
