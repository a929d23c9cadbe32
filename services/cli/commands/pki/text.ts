import type { CertificateDescription } from '#libs/pki/describe.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';

/** The content of a certificate, as lines for a person or as one JSON object. */
export function certificateText(
  file: string,
  { notBefore, notAfter, ...described }: CertificateDescription,
  json: boolean | undefined,
): string {
  const facts = {
    file,
    ...described,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
  };
  if (json === true) return jsonText(facts);
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined && String(value) !== '')
    .map(([name, value]) => `${name.padEnd(12)} ${Array.isArray(value) ? value.join(', ') : value}`)
    .join('\n');
}
