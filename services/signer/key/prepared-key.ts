import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_FILE_NAME, NEXT_FOLDER } from '../words/file-names.ts';
import { readKeyHeader } from './key-file.ts';
import type { KeyHeader } from './key-header.ts';

/** The prepared key, by the unencrypted part of its file; undefined: none was prepared. */
export async function preparedKey(folder: string): Promise<KeyHeader | undefined> {
  const path = join(folder, NEXT_FOLDER, KEY_FILE_NAME);
  return existsSync(path) ? readKeyHeader(path) : undefined;
}
