import { existsSync } from 'node:fs';
import { describeCertificate } from '#libs/pki/describe.ts';
import type { LaunchFacts } from '#services/launcher/core/launch-facts.ts';
import type { CertificateState } from '../core/host-files.ts';
import { textOfFile } from './text-of-file.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates that the services of this home use. Those between signer and consensus are of a node with a chain alone. */
export function certificateStates({
  paths: { tls },
  hasChain,
  clientTls,
}: Pick<LaunchFacts, 'paths' | 'hasChain' | 'clientTls'>): readonly CertificateState[] {
  const own = hasChain ? [tls.ca, tls.signerCertificate, tls.consensusCertificate] : [];
  const clients = clientTls === undefined ? [] : [clientTls.certificate, clientTls.ca ?? []].flat();
  return [...own, ...clients].map((path) => ({ path, found: livesIn(path) }));
}

/** A file may hold a chain, or several authorities. */
function livesIn(path: string): CertificateState['found'] {
  const text = textOfFile(path);
  if (text === undefined) return existsSync(path) ? 'unreadable' : 'missing';
  return (text.match(CERTIFICATE) ?? []).flatMap((pem) => {
    const life = describeCertificate(pem);
    if (life === undefined) return [];
    return [{ notBeforeMs: life.notBefore.getTime(), notAfterMs: life.notAfter.getTime() }];
  });
}
