const CHARACTERS = 20;

/**
 * First characters of a key in hex as peers.yaml has it, in base64: log lines have always shown this form
 * (test/requirements/texts.md 5.1).
 */
export function shortKey(key: string): string {
  return Buffer.from(key, 'hex').toString('base64').slice(0, CHARACTERS);
}
