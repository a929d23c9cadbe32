import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Known, readAnswer, withKnown, withKnownOnce } from './answers.ts';
import type { Block } from './blocks.ts';
import type { HostName } from './host-names.ts';
import type { Hosts } from './hosts.ts';
import { BLOCK_MS_MAX, Terminal } from './terminals.ts';

/** Between two looks of a person who waits for something. */
const AGAIN_MS = 500;

interface Answer {
  readonly code: number | undefined;
  readonly said: string;
}

/** Types the blocks of the book on its hosts, and reads what they answer. */
export class Typist implements AsyncDisposable {
  readonly #hosts: Hosts;
  readonly #terminals: Terminal[] = [];
  #known: Known = new Map();

  constructor(hosts: Hosts) {
    this.#hosts = hosts;
  }

  /**
   * On all its hosts at once, as their operators would.
   * @throws Error that names the block, where it ends otherwise or answers otherwise than the book says.
   */
  async type(block: Block): Promise<void> {
    assert.equal(block.unrun, undefined, 'a block that no test runs is not typed');
    const known = this.#known;
    const typed = await Promise.allSettled(block.hosts.map((host) => this.#typeOn(host, block, known)));
    for (const outcome of typed) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Ctrl-C in each terminal. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#terminals.map((terminal) => terminal[Symbol.asyncDispose]()));
  }

  #typeOn(host: HostName, block: Block, known: Known): Promise<void> {
    const expected = block.expected?.map((line) => this.#hosts.here(withKnownOnce(line, known), host));
    const script = this.#hosts.here(withKnown(block.script, known), host);
    const typed = { where: `${block.page}:${block.line} on ${host}`, script, host, expected };
    return block.isTerminal ? this.#open(typed) : this.#typeUntil(typed, block);
  }

  async #open({ where, script, host, expected = [] }: Typed): Promise<void> {
    const terminal = this.#terminal(script, host);
    this.#terminals.push(terminal);
    for (const end = performance.now() + BLOCK_MS_MAX; ; await sleep(AGAIN_MS)) {
      if (readAnswer(expected, terminal.said, { goesOn: true }) !== undefined) return;
      const isOver = terminal.isOver || performance.now() > end;
      if (isOver) assert.fail(`${where}: expected\n${expected.join('\n')}\n\nand it says\n${terminal.said}`);
    }
  }

  async #typeUntil(typed: Typed, block: Block): Promise<void> {
    const { where, expected } = typed;
    for (const end = performance.now() + BLOCK_MS_MAX; ; await sleep(AGAIN_MS)) {
      const { code, said } = await this.#answer(typed);
      const read = expected === undefined ? new Map() : readAnswer(expected, said, { goesOn: false });
      if (code === block.exitCode && read !== undefined) {
        this.#known = new Map([...this.#known, ...read]);
        return;
      }
      if (block.isRepeated && performance.now() < end) continue;
      const wanted = `exit code ${block.exitCode}${expected === undefined ? '' : ` and\n${expected.join('\n')}`}`;
      assert.fail(`${where}: expected ${wanted}\n\nand it ends with ${code} and says\n${said}`);
    }
  }

  async #answer({ script, host }: Typed): Promise<Answer> {
    await using terminal = this.#terminal(script, host);
    return { code: await terminal.exitCode(), said: terminal.said };
  }

  #terminal(script: string, host: HostName): Terminal {
    return new Terminal(script, { cwd: this.#hosts.folderOf(host), env: this.#hosts.envOf(host) });
  }
}

interface Typed {
  /** The place in the book, and the host, for a person. */
  readonly where: string;
  readonly script: string;
  readonly host: HostName;
  readonly expected: readonly string[] | undefined;
}
