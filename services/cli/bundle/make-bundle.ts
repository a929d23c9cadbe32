import { gzipSync } from 'node:zlib';
import type { BundleFile, BundlePart, MissingPart } from './bundle-part.ts';
import { type CollectedParts, collectParts } from './collect-parts.ts';
import type { HomeSecrets } from './home-secrets.ts';
import { BUNDLE_LIMITS } from './limits.ts';
import { redactionOf } from './redaction.ts';
import { tarArchive } from './tar-archive.ts';

export interface DebugBundleOptions {
  /** The folder in the archive. */
  readonly name: string;
  readonly home: string;
  readonly madeAtMs: number;
  readonly parts: readonly BundlePart[];
  readonly secrets: HomeSecrets;
  readonly note: (line: string) => void;
}

/** A bundle, and what is in it. */
export interface DebugBundle {
  readonly archive: Uint8Array;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly cut?: string | undefined;
  }[];
  readonly missing: readonly MissingPart[];
}

const README = `Made by "btcfed debug bundle" for a support case.

manifest.json says what is in here, what was cut, and what could not be had and why.

Keys, passphrases and databases were not copied, and secrets of this home were taken out of all texts ("[hidden]"). Names,
addresses, peers and log lines of the member are in it: look through it before you hand it on.
`;

/** Collects the parts and packs them. Every text passes the redaction, the manifest too. */
export async function makeBundle(options: DebugBundleOptions): Promise<DebugBundle> {
  const { name, home, madeAtMs, parts, secrets, note } = options;
  const redact = redactionOf(secrets.secrets);
  const { partMsMax, fileBytesMax } = BUNDLE_LIMITS;
  const collected = await collectParts(parts, { redact, note, partMsMax, fileBytesMax });
  const missing = [...collected.missing, ...secrets.unread.map(unreadSecrets)];
  const files = collected.files.map(factsOf);
  const manifest = { format: 1, madeAt: new Date(madeAtMs).toISOString(), home, files, missing };
  const all: CollectedParts['files'] = [
    { path: 'README.txt', text: README },
    { path: 'manifest.json', text: redact(`${JSON.stringify(manifest, null, 2)}\n`) },
    ...collected.files,
  ];
  const archive = tarArchive(
    all.map(({ path, text }) => ({ path: `${name}/${path}`, content: Buffer.from(text) })),
    madeAtMs,
  );
  return { archive: gzipSync(archive), files, missing };
}

function unreadSecrets(path: string): MissingPart {
  return { part: `secrets of ${path}`, reason: 'this user cannot read it, so they were not looked for' };
}

function factsOf({ path, text, cut }: BundleFile): DebugBundle['files'][number] {
  return { path, bytes: Buffer.byteLength(text), ...(cut === undefined ? {} : { cut }) };
}
