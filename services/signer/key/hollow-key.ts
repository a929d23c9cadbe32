import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { destroyFile } from './destroy-file.ts';

/**
 * Removes the secret, or the name of the token that has it, from a key file, by writing over it, as far as a
 * disk allows. The unencrypted rest stays: the record can be read and checked by it, and nothing can sign.
 * Repeated after a crash, the call has the same result.
 */
export async function hollowKeyFile(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const file = await open(path, 'r+');
  const isReadable = await hollowed(file).finally(() => file.close());
  if (!isReadable) await destroyFile(path);
}

/** @returns false when the secret cannot be told from the rest. */
async function hollowed(file: FileHandle): Promise<boolean> {
  const content = await file.readFile();
  try {
    const facts: Record<string, unknown> = JSON.parse(content.toString('utf8'));
    const { secret_key: _, sealed_key: __, token_key: ___, ...rest } = facts;
    if (Object.keys(rest).length === Object.keys(facts).length) return true;
    const text = Buffer.from(`${JSON.stringify(rest, null, 2)}\n`.padEnd(content.length));
    await file.write(text, 0, text.length, 0);
    await file.sync();
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  } finally {
    content.fill(0);
  }
}
