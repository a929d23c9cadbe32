import { fromHex } from '#libs/bytes/hex.ts';
import { invalidInput } from '../words/errors.ts';

/** Genesis sets the real limit; this only keeps a wrong file from filling memory. */
const TRANSACTIONS_MAX = 1_000_000;
const QUOTED_CHARACTERS_MAX = 24;

/**
 * Reads many transactions: lines of hex, or a file as `up --submit` takes it where the text begins with a brace.
 *
 * @param name - How the person called the file.
 * @throws CliError `CLI_INVALID_INPUT` naming the file and the first bad line or entry.
 */
export function parseTransactions(text: string, name: string): readonly Uint8Array[] {
  if (text.trimStart().startsWith('{')) return parseTransactionsFile(text, name);
  const lines = text.split('\n').map((line, at) => ({ line: line.trim(), at }));
  const filled = lines.filter(({ line }) => line !== '');
  if (filled.length === 0) throw invalidInput(`${name}: there is nothing to submit`);
  demandFew(filled.length, name);
  return filled.map(({ line, at }) => {
    const bytes = parseHex(line);
    if (bytes !== undefined) return bytes;
    throw invalidInput(`${name}: line ${at + 1} is not hex: ${quoted(line)}; nothing was handed in`);
  });
}

/**
 * Reads a file of `up --submit`: JSON with `transactions`, an array of hex strings. The same transaction may come
 * twice; submitting is idempotent.
 *
 * @param name - How the person called the file.
 * @throws CliError `CLI_INVALID_INPUT` naming the file and the first bad entry.
 */
export function parseTransactionsFile(text: string, name: string): readonly Uint8Array[] {
  const list = transactionList(text, name);
  if (list.length === 0) throw invalidInput(`${name}: "transactions" is empty, there is nothing to submit`);
  demandFew(list.length, name);
  return list.map((entry, index) => {
    const bytes = typeof entry === 'string' ? parseHex(entry) : undefined;
    if (bytes !== undefined) return bytes;
    throw invalidInput(`${name}: transactions[${index}] is not hex: ${quoted(entry)}; nothing was handed in`);
  });
}

/** Bytes of a hex text in either case, or undefined when it is empty or anything else. */
export function parseHex(text: string): Uint8Array | undefined {
  return text === '' ? undefined : fromHex(text.toLowerCase());
}

function demandFew(count: number, name: string): void {
  if (count <= TRANSACTIONS_MAX) return;
  throw invalidInput(`${name}: ${count} transactions are more than the ${TRANSACTIONS_MAX} allowed`);
}

function transactionList(text: string, name: string): readonly unknown[] {
  const value = parsedJson(text, name);
  if (typeof value === 'object' && value !== null && 'transactions' in value) {
    const { transactions } = value;
    if (Array.isArray(transactions)) return transactions;
  }
  throw invalidInput(`${name}: expected a JSON object with "transactions", an array of hex strings`);
}

function parsedJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidInput(
      `${name} is not JSON: ${cause instanceof Error ? cause.message : 'unreadable'}`,
      cause,
    );
  }
}

function quoted(value: unknown): string {
  if (value === '') return 'it is empty';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= QUOTED_CHARACTERS_MAX ? text : `${text.slice(0, QUOTED_CHARACTERS_MAX)}…`;
}
