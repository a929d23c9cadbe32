import { FOUNDERS, type HostName, isHost } from './host-names.ts';
import { isReason, type Reason } from './unrun.ts';

/** Commands that are typed on one host, or on several one after the other, and the answer that is seen then. */
export interface Block {
  readonly page: string;
  /** Of its fence, from 1 on. */
  readonly line: number;
  readonly hosts: readonly HostName[];
  readonly exitCode: number;
  /** In a terminal of its own: it goes on while the next blocks are typed. */
  readonly isTerminal: boolean;
  /** Typed again until the answer is the expected one. */
  readonly isRepeated: boolean;
  /** Why it cannot be run by a test. */
  readonly unrun: Reason | undefined;
  readonly script: string;
  /** The block of text that follows, line by line. */
  readonly expected: readonly string[] | undefined;
}

/** The words that may stand behind the hosts of a block. */
const KEYS = ['exit', 'terminal', 'again', 'unrun'];

interface Fence {
  readonly line: number;
  readonly info: string;
  readonly body: readonly string[];
  readonly endLine: number;
}

/** All blocks of a page of the book. @throws Error that names the line, where a fence says what the book does not know. */
export function blocksOf(page: string, text: string): readonly Block[] {
  const lines = text.split('\n');
  const fences = fencesOf(page, lines);
  return fences.flatMap((fence, index) => {
    const [language = '', hosts = '', ...words] = fence.info.split(' ');
    const previous = fences[index - 1];
    if (language === 'text' && hosts === '') {
      if (previous === undefined || !isAnswer(lines, previous, fence))
        throw fault(page, fence, 'a block of text follows no block of commands');
      return [];
    }
    if (language !== 'sh') throw fault(page, fence, `"${fence.info}" is neither "sh HOSTS …" nor "text"`);
    const next = fences[index + 1];
    const answer = next !== undefined && isAnswer(lines, fence, next) ? next.body : undefined;
    return [blockOf(page, fence, { hosts, words, answer })];
  });
}

function fencesOf(page: string, lines: readonly string[]): readonly Fence[] {
  const fences: Fence[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (/^(?: {4}|\t)\S/.test(line))
      throw new Error(`${page}:${at + 1}: code by indentation is run by nobody`);
    if (/^\s*(?:```|~~~)/.test(line) && !/^```[a-z]/.test(line))
      throw new Error(`${page}:${at + 1}: a fence begins a line, and says its language`);
    if (!line.startsWith('```')) continue;
    const end = lines.indexOf('```', at + 1);
    if (end === -1) throw new Error(`${page}:${at + 1}: the block has no end`);
    fences.push({ line: at + 1, info: line.slice(3), body: lines.slice(at + 1, end), endLine: end + 1 });
    at = end;
  }
  return fences;
}

/** Nothing but an empty line lies between a block of commands and its answer. */
function isAnswer(lines: readonly string[], commands: Fence, { info, line }: Fence): boolean {
  const between = lines.slice(commands.endLine, line - 1);
  return info === 'text' && commands.info.startsWith('sh ') && between.every((each) => each === '');
}

interface Said {
  readonly hosts: string;
  readonly words: readonly string[];
  readonly answer: readonly string[] | undefined;
}

function blockOf(page: string, fence: Fence, { hosts, words, answer }: Said): Block {
  const names = hosts === 'each' ? FOUNDERS : hosts.split(',');
  if (!names.every(isHost)) throw fault(page, fence, `"${hosts}" names no host`);
  const values = valuesOf(page, fence, words);
  const exit = values.get('exit') ?? '0';
  if (!/^\d{1,3}$/.test(exit)) throw fault(page, fence, `"exit=${exit}" is no exit code`);
  const unrun = values.get('unrun');
  if (values.has('unrun') && (unrun === undefined || !isReason(unrun)))
    throw fault(page, fence, `"${unrun}" is no reason for a block that is not run`);
  if (values.has('again') && answer === undefined)
    throw fault(page, fence, 'nothing says what is waited for');
  return {
    ...{ page, line: fence.line, hosts: names, exitCode: Number(exit) },
    ...{ isTerminal: values.has('terminal'), isRepeated: values.has('again') },
    ...{ unrun: unrun as Reason | undefined, script: fence.body.join('\n'), expected: answer },
  };
}

/** The words behind the hosts of a block, by their key. @throws Error for a word that the book does not know */
function valuesOf(
  page: string,
  fence: Fence,
  words: readonly string[],
): ReadonlyMap<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  for (const word of words) {
    const [key = '', value] = word.split('=', 2);
    if (!KEYS.includes(key) || values.has(key))
      throw fault(page, fence, `"${word}" is not known, or said twice`);
    values.set(key, value);
  }
  return values;
}

function fault(page: string, { line }: Fence, problem: string): Error {
  return new Error(`${page}:${line}: ${problem}`);
}
