/** Colours of the levels on a terminal (LOG-04), as ANSI numbers: cyan, green, yellow, red. */
const COLORS: Readonly<Record<string, number>> = { debug: 36, info: 32, warn: 33, error: 31 };

const LEVEL_WIDTH = 5;

/**
 * A finished JSON line as a person reads it: time, level, service, message, fields. An error is shown by the messages
 * of its causes; its stack is in the file. Control characters that a stranger put into a field cannot steer the
 * terminal.
 */
export function consoleText(line: string, { isColored }: { readonly isColored: boolean }): string {
  const { time, level, service, message, error, ...fields } = JSON.parse(line);
  const shown = String(level).toUpperCase().padEnd(LEVEL_WIDTH);
  const painted = isColored ? `\u001b[${COLORS[level] ?? 0}m${shown}\u001b[0m` : shown;
  const facts = Object.entries(fields).map(([name, value]) => ` ${name}=${valueText(value)}`);
  const why = error === undefined ? '' : ` error=${valueText(causes(error).join(': '))}`;
  return `${time} ${painted} ${service === undefined ? '' : `[${service}] `}${message}${facts.join('')}${why}\n`;
}

function causes(error: { readonly message?: unknown; readonly cause?: unknown }): readonly string[] {
  const { message, cause } = error;
  const rest = typeof cause === 'object' && cause !== null ? causes(cause) : [];
  return [String(message), ...rest];
}

const PLAIN = /^[\w.,:;/+=@[\]-]+$/;

function valueText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (PLAIN.test(value)) return value;
  return JSON.stringify(value).replaceAll(/[\p{C}\u2028\u2029]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
