/** Words of the engine, which says a position at times, and at others the text around it. */
const AT_POSITION = /^(?<words>.*?)(?: in JSON)? at position (?<position>\d+)/s;
const AROUND = /^(?<words>Unexpected token .*?), (?:\.\.\.)?"(?<around>.*)"(?:\.\.\.)? is not valid JSON$/s;

/** Characters that the engine shows before the faulty one, when it cuts the text there. */
const SHOWN_BEFORE = 10;

/** The fault of a text that is no JSON, with line and column where they can be told. */
export function jsonFault(text: string, message: string): string {
  const { words, position } = AT_POSITION.exec(message)?.groups ?? {};
  if (position !== undefined) return `${placeOf(text, Number(position))}not JSON: ${words}`;
  if (message.includes('end of JSON')) return 'not JSON: it ends too early; a bracket or a quote is missing';
  const { words: token = 'unreadable', around = '' } = AROUND.exec(message)?.groups ?? {};
  const start = message.includes(', ..."') ? text.indexOf(around) : -1;
  const isOnce = start !== -1 && text.indexOf(around, start + 1) === -1;
  return `${isOnce ? placeOf(text, start + SHOWN_BEFORE) : ''}not JSON: ${token}`;
}

function placeOf(text: string, position: number): string {
  const lines = text.slice(0, position).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}: `;
}
