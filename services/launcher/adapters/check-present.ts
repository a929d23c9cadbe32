import { statSync } from 'node:fs';
import { systemCode } from '#libs/log/line-sink.ts';
import { invalidInput } from '../words/errors.ts';

/**
 * @param cure - The advice for a missing file.
 * @throws CliError unless there is such a file or folder; a file that this user may not look at is not called
 * missing.
 */
export function checkPresent(path: string, cure: string, look: (path: string) => unknown = statSync): void {
  try {
    look(path);
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(systemCode(error) ?? ''))
      throw invalidInput(`${path} is not open to this user: run this as the user that its folder belongs to`);
    throw invalidInput(`there is no ${path}${cure}`);
  }
}
