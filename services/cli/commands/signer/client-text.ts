import { jsonText } from '#services/launcher/words/json-value.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';
import { signerClients } from '../../adapters/signer-clients.ts';

const WITHOUT_MATRIX =
  'without a matrix the signer lets in the client certificate that its own settings name, for everything';

export interface MatrixReport {
  readonly file: string;
  readonly matrix: ReturnType<typeof signerClients.read>;
  readonly json: boolean | undefined;
}

/**
 * Prints the permissions of each client. A missing matrix gets a note of its own, because a signer without one still
 * serves consensus.
 */
export function reportMatrix(terminal: Terminal, { file, matrix, json }: MatrixReport): void {
  const isThere = signerClients.isThere(file);
  if (!isThere) terminal.note(`there is no ${file}: ${WITHOUT_MATRIX}`);
  if (json === true) return terminal.out(jsonText({ file, clients: matrix }));
  for (const { name, pins = [], grants } of matrix) {
    terminal.out(`${name}  ${pins.join(' ')}`);
    for (const { operation, kind = '', protocol, rate } of grants) {
      terminal.out(
        `  ${`${operation} ${kind}`.padEnd(18)} ${protocol}  ${rate.perSecond}/s, ${rate.burst} at once`,
      );
    }
  }
  if (matrix.length === 0 && isThere) terminal.out('nobody');
}
