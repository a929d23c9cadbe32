import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The typist of a block's commands, named behind `sh` at its beginning. */
export type Typist = '' | 'checkout' | 'host' | 'typed' | 'upgrade';

/** Documents of the operator of a signer. */
export const SIGNER_DOCUMENTS = [
  'README.md',
  'backup-and-restore.md',
  'incidents.md',
  'isolated-host.md',
  'key-ceremony.md',
  'threat-model.md',
] as const;

export function signerDocument(name: (typeof SIGNER_DOCUMENTS)[number]): string {
  return readFileSync(fileURLToPath(new URL(`../../../services/signer/${name}`, import.meta.url)), 'utf8');
}

/** All commands of a document that one typist types, block by block. */
export function commandsIn(text: string, typist: Typist = ''): readonly string[] {
  const fence = typist === '' ? 'sh' : `sh ${typist}`;
  const blocks = text.matchAll(/^ *```(?<fence>[a-z ]+)\n(?<block>.*?)^ *```$/gms);
  return [...blocks].flatMap(({ groups }) => (groups?.['fence'] === fence ? [groups['block'] ?? ''] : []));
}
