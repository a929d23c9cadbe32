import { type Document, isMap, isScalar, type Pair } from 'yaml';
import { FILE_VERSION, fileVersion } from './file-version.ts';
import { goDuration } from './go-duration.ts';
import { CONF_DEFAULTS } from './node-configuration.ts';
import { SettingsError } from './settings-error.ts';
import { editYaml } from './yaml-edit.ts';
import { readYaml } from './yaml-source.ts';

/** The steps from each version to the next: entry 0 leads from a file without a version to version 1. */
const CONF_STEPS: readonly ((document: Document) => void)[] = [fromUpstream];
const PEERS_STEPS: readonly ((document: Document) => void)[] = [() => {}];

/**
 * The version of a valid settings file.
 *
 * @throws SettingsError CONF_UNPARSABLE when it is none.
 */
export function versionOf(text: string): number {
  const source = readYaml(text);
  const result = 'problem' in source ? source : fileVersion(source.root);
  if ('version' in result) return result.version;
  throw new SettingsError(result.problem, { code: 'CONF_UNPARSABLE' });
}

/**
 * A valid conf.yaml in the newest format (P2P-42, P2P-64); the very same text when it is. Comments and order stay.
 *
 * @param version - That of the text.
 */
export function migratedConfYaml(text: string, version: number): string {
  return migrated(text, version, CONF_STEPS);
}

/** A valid peers.yaml in the newest format; the very same text when it is. */
export function migratedPeersYaml(text: string, version: number): string {
  return migrated(text, version, PEERS_STEPS);
}

function migrated(text: string, version: number, steps: readonly ((document: Document) => void)[]): string {
  if (version === FILE_VERSION) return text;
  return editYaml(text, (document) => {
    for (const step of steps.slice(version)) step(document);
    setVersion(document);
  });
}

/** Upstream lost `exchange_interval` and has no `services`: the implied interval is written out. */
function fromUpstream(document: Document): void {
  const peers = document.get('peers');
  if (isMap(peers) && !peers.has('exchange_interval')) {
    peers.set('exchange_interval', goDuration(CONF_DEFAULTS.exchangeIntervalMs));
  }
}

/** The first key, below the comment at the top of the file. */
function setVersion(document: Document): void {
  const root = document.contents;
  if (document.has('version') || !isMap(root)) {
    document.set('version', FILE_VERSION);
    return;
  }
  const pair = document.createPair('version', FILE_VERSION) as Pair;
  moveHead(root.items[0]?.key, pair.key);
  root.items.unshift(pair as (typeof root.items)[number]);
}

/** A comment at the top of a file is about the file, not about the key that came first. */
function moveHead(from: unknown, to: unknown): void {
  if (!isScalar(from) || !isScalar(to)) return;
  to.commentBefore = from.commentBefore ?? null;
  from.commentBefore = null;
  from.spaceBefore = true;
}
