import { readFileSync, statSync } from 'node:fs';
import { parseTransactions, parseTransactionsFile } from '../core/transactions-file.ts';
import { invalidInput } from '../words/errors.ts';
import { fileReason } from '../words/file-problem.ts';
import { INPUT_BYTES_MAX } from '../words/limits.ts';

/** The transactions of the file that `up --submit` names. @throws CliError naming the option, the file and the fault. */
export function readTransactions(file: string): readonly Uint8Array[] {
  const named = `--submit ${file}`;
  const text = textOf(file, named);
  return parseTransactionsFile(text, named);
}

/** The transactions of the file that `tx submit --batch` names: lines of hex, or as for `up --submit`. @throws CliError likewise. */
export function readBatch(file: string): readonly Uint8Array[] {
  const named = `--batch ${file}`;
  return parseTransactions(textOf(file, named), named);
}

function textOf(file: string, named: string): string {
  let sizeBytes: number;
  try {
    sizeBytes = statSync(file).size;
    if (sizeBytes <= INPUT_BYTES_MAX) return readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalidInput(`${named} cannot be read: ${fileReason(cause)}`, cause);
  }
  throw invalidInput(
    `${named} has ${sizeBytes} bytes, and ${INPUT_BYTES_MAX} are taken: hand in less at once`,
  );
}
