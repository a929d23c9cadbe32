import { existsSync, readFileSync } from 'node:fs';
import { AppError } from '#libs/errors/app-error.ts';
import { unknownKeysOf } from '#libs/settings/conf-yaml.ts';
import { type LoadedConf, readConfFile } from '#libs/settings-files/conf-file.ts';
import { ConfigurationError } from '#libs/settings-files/configuration-error.ts';
import { FileImage } from '#libs/settings-files/file-image.ts';
import { type LoadedPeers, readPeersFile } from '#libs/settings-files/peers-file.ts';
import { whileNobodyWrites } from '#libs/settings-files/settings-lock.ts';
import { noteLogger } from '#services/launcher/adapters/note-logger.ts';
import type { MemberPaths } from '#services/launcher/core/member-home.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { fileReason } from '#services/launcher/words/file-problem.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';

/** Both settings files as they are on disk. */
export interface SettingsOnDisk {
  readonly conf: LoadedConf;
  readonly peers: LoadedPeers;
}

/**
 * Reads conf.yaml and peers.yaml and writes nothing.
 *
 * @throws AppError with the file, line, key, value and cure in one sentence, or that there is no home.
 */
export async function readSettings(
  { home, conf, peers }: MemberPaths,
  terminal: Pick<Terminal, 'note'>,
): Promise<SettingsOnDisk> {
  if (!existsSync(conf)) {
    throw invalidInput(
      `there is no ${conf}: name the home of a member by --home, or make one with "btcfed init"`,
    );
  }
  const log = noteLogger(terminal);
  return inPlainWords(() =>
    whileNobodyWrites(home, log, async () => {
      const loaded = await readConfFile(conf, log);
      const { publicKey } = loaded.configuration.identity;
      const nothing = { list: { peers: [], rejected: [] }, image: FileImage.of(undefined) };
      return { conf: loaded, peers: await readPeersFile(peers, nothing, publicKey) };
    }),
  );
}

/** A start says the promised words before the fault (test/requirements/texts.md 2.2); a person who asks gets the fault. */
async function inPlainWords<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const { cause, plain } = error;
    // The system's words at the end, where a file cannot be read.
    const isSystems = cause instanceof Error && 'errno' in cause && plain.endsWith(cause.message);
    const told = isSystems ? plain.slice(0, -cause.message.length) + fileReason(cause) : plain;
    throw invalidInput(told, error);
  }
}

/** Keys of a conf.yaml that is refused which nothing reads; none of one that cannot be read at all. */
export function unknownKeysIn({ conf }: Pick<MemberPaths, 'conf'>): readonly string[] {
  try {
    return unknownKeysOf(readFileSync(conf, 'utf8'));
  } catch {
    return []; // The refusal has already told the reason.
  }
}

/** The sentence of a refusal; anything else is thrown on. */
export function sentenceOfRefusal(error: unknown): string {
  if (error instanceof AppError) return error.message;
  throw error;
}
