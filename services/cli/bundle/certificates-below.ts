import { join } from 'node:path';
import { describeCertificate } from '#libs/pki/describe.ts';
import { endOfFile, type HomeEntry } from './home-entries.ts';
import { BUNDLE_LIMITS } from './limits.ts';

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const CERTIFICATE_FILE = /\.(?:crt|pem|cert|cer)$/i;

/** The certificates in one file, each with its subject and its end, or why it cannot be read. */
export interface CertificateFile {
  readonly path: string;
  readonly certificates?: readonly object[];
  readonly problem?: string;
}

/**
 * The subjects and ends of all certificates in a home, and of those that conf.yaml names elsewhere.
 * @param named - Absolute paths.
 */
export function certificatesBelow(
  home: string,
  entries: readonly HomeEntry[],
  named: readonly string[],
): readonly CertificateFile[] {
  const inHome = entries
    .filter(({ kind, path }) => (kind === 'file' || kind === 'link') && CERTIFICATE_FILE.test(path))
    .map(({ path }) => join(home, path));
  const paths = [...new Set([...inHome, ...named])].slice(0, BUNDLE_LIMITS.certificateFilesMax);
  return paths.map((path) => {
    try {
      const text = endOfFile(path, BUNDLE_LIMITS.certificateBytesMax).bytes.toString('latin1');
      return { path, certificates: (text.match(PEM) ?? []).flatMap((pem) => factsOf(pem)) };
    } catch (error) {
      return { path, problem: error instanceof Error ? error.message : String(error) };
    }
  });
}

function factsOf(pem: string): readonly object[] {
  const found = describeCertificate(pem);
  if (found === undefined) return [];
  const { commonName: subject, notBefore, notAfter, ...rest } = found;
  return [{ subject, notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString(), ...rest }];
}
