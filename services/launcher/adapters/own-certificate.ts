import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { invalidInput } from '../words/errors.ts';
import { fileReason } from '../words/file-problem.ts';
import type { TlsFiles } from './member-client.ts';

/**
 * How a member is reached by the certificate of its client API: it is that very certificate which answers, or nobody.
 * @throws CliError when the file cannot be used.
 */
export function ownTls(certificate: string): TlsFiles {
  const serverName = certifiedName(readCertificate(certificate));
  return { ca: certificate, ...(serverName === undefined ? {} : { serverName }) };
}

/** A name that a certificate has; any name below `*.` will do. */
export function certifiedName(pem: Buffer): string | undefined {
  const name = /(?:DNS|IP Address):([^,\s]+)/.exec(new X509Certificate(pem).subjectAltName ?? '')?.[1];
  return name?.replace('*', 'health');
}

function readCertificate(file: string): Buffer {
  try {
    const pem = readFileSync(file);
    new X509Certificate(pem); // This refusal names the file; that of TLS would not.
    return pem;
  } catch (cause) {
    const key = 'services.client_tls_cert';
    throw invalidInput(`${file}, ${key} of conf.yaml, cannot be read: ${fileReason(cause)}`, cause);
  }
}
