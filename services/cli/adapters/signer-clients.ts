import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { STATEMENT_WORDS } from '#libs/protocols/statement-words.ts';
import { checkPresent } from '#services/launcher/adapters/check-present.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { clientFileText, readClientFile } from '#services/signer/edge/client-file.ts';
import { type ClientMatrix, type Grant, OPERATIONS } from '#services/signer/edge/client-matrix.ts';
import { STATEMENT_SHARES } from '#services/signer/edge/statement-shares.ts';
import { type Grantable, usualGrants } from '#services/signer/edge/usual-grants.ts';

const FILE_MODE = 0o600;

const GRANTABLE: readonly Grantable[] = [...OPERATIONS, ...STATEMENT_SHARES];

/** The client matrix of a signer: its own code alone knows what the file looks like. */
export const signerClients = {
  /** Whether there is a matrix; without one a signer goes by the name in the certificate. */
  isThere: existsSync,
  /**
   * The matrix in the file; none where there is no file.
   * @throws CliError where there is no folder for it, CustodyError for one that makes no sense.
   */
  read(path: string): ClientMatrix {
    if (existsSync(path)) return readClientFile(path, STATEMENT_WORDS);
    checkPresent(dirname(path), ': --home names the home of a member, --file a client matrix');
    return [];
  },
  /** Whole or not at all. @throws CustodyError for a matrix that makes no sense. */
  write: (path: string, matrix: ClientMatrix): Promise<void> =>
    writeFileAtomic(path, clientFileText(path, matrix, STATEMENT_WORDS), FILE_MODE),
  /**
   * The rules for these operations, at the usual rates; those of consensus when they are left out.
   * @throws CliError for a name that is none.
   */
  grants(protocol: string, names?: readonly string[]): readonly Grant[] {
    return usualGrants(protocol, STATEMENT_WORDS, names?.map(grantable));
  },
};

function grantable(name: string): Grantable {
  const found = GRANTABLE.find((each) => each === name);
  if (found === undefined)
    throw invalidInput(`--operations: there is no ${name}; one of ${GRANTABLE.join(', ')}`);
  return found;
}
