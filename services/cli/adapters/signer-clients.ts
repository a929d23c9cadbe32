import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { checkPresent } from '#services/launcher/adapters/check-present.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { clientFileText, readClientFile } from '#services/signer/edge/client-file.ts';
import {
  type ClientMatrix,
  OPERATIONS,
  type Operation,
  usualGrants,
} from '#services/signer/edge/client-matrix.ts';

const FILE_MODE = 0o600;

/** The client matrix of a signer: its own code alone knows what the file looks like. */
export const signerClients = {
  /** Whether there is a matrix; without one a signer goes by the name in the certificate. */
  isThere: existsSync,
  /**
   * The matrix in the file; none where there is no file.
   * @throws CliError where there is no folder for it, CustodyError for one that makes no sense.
   */
  read(path: string): ClientMatrix {
    if (existsSync(path)) return readClientFile(path);
    checkPresent(dirname(path), ': --home names the home of a member, --file a client matrix');
    return [];
  },
  /** Whole or not at all. @throws CustodyError for a matrix that makes no sense. */
  write: (path: string, matrix: ClientMatrix): Promise<void> =>
    writeFileAtomic(path, clientFileText(path, matrix), FILE_MODE),
  grants: usualGrants,
  /** @throws CliError for a name that is none. */
  operation(name: string): Operation {
    const found = OPERATIONS.find((each) => each === name);
    if (found === undefined)
      throw invalidInput(`--operations: there is no ${name}; one of ${OPERATIONS.join(', ')}`);
    return found;
  },
};
