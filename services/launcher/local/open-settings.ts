import { mkdirSync } from 'node:fs';
import { ConfigurationError } from '#libs/settings-files/configuration-error.ts';
import { openHome } from '#libs/settings-files/home-files.ts';
import { noteLogger } from '../adapters/note-logger.ts';
import type { MemberPaths } from '../core/member-home.ts';
import type { Terminal } from '../words/terminal.ts';

const FOLDER_MODE = 0o700;

/**
 * Makes the folders that any node needs. Returns the problem, in the words of test/requirements/texts.md 2.2, or
 * undefined.
 */
export function makeNodeFolders({ runFolder, logsFolder }: MemberPaths): string | undefined {
  try {
    for (const folder of [runFolder, logsFolder]) mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    return undefined;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return `Failed to load configuration: failed to create default config file: ${problem}`;
  }
}

/**
 * Reads conf.yaml and peers.yaml before anything is started, and creates missing ones. Returns the sentence for
 * stderr when they are refused (test/requirements/texts.md 2.2, 2.3), or undefined.
 */
export async function refusalOfSettings(
  { home }: MemberPaths,
  terminal: Terminal,
): Promise<string | undefined> {
  try {
    await openHome(home, noteLogger(terminal));
    return undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}
