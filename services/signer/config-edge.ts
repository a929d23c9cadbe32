import { z } from 'zod';
import { absolutePath, clientCertificates, signerConfig } from './config.ts';

const { shape } = signerConfig;

/** Settings of the edge: it has no key but that of its certificate. */
export const edgeConfig = z
  .strictObject({
    SIGNER_EDGE_LISTEN: shape.SIGNER_LISTEN,
    /** Socket of the core. */
    SIGNER_EDGE_CORE: absolutePath,
    SIGNER_EDGE_TLS_CA: shape.SIGNER_TLS_CA,
    SIGNER_EDGE_TLS_CERT: shape.SIGNER_TLS_CERT,
    SIGNER_EDGE_TLS_KEY: shape.SIGNER_TLS_KEY,
    SIGNER_EDGE_CLIENT_NAME: shape.SIGNER_CLIENT_NAME,
    /** Certificates (PEM files, by comma) whose keys may ask; at least one, unless there is a matrix. */
    SIGNER_EDGE_CLIENT_CERTS: clientCertificates,
    /** The client matrix; with it, name and certificates are ignored. */
    SIGNER_EDGE_CLIENTS_FILE: shape.SIGNER_CLIENTS_FILE,
    /** Protocol that the core signs for: rules of the matrix are of one. */
    SIGNER_EDGE_PROTOCOL: shape.SIGNER_PROTOCOL,
  })
  .refine(
    ({ SIGNER_EDGE_CLIENT_CERTS: certificates, SIGNER_EDGE_CLIENTS_FILE: file }) =>
      certificates.length > 0 || file !== undefined,
    {
      path: ['SIGNER_EDGE_CLIENT_CERTS'],
      message: 'expected at least one file, or SIGNER_EDGE_CLIENTS_FILE',
    },
  );

export type EdgeConfig = z.output<typeof edgeConfig>;
