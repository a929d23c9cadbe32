import type { Interruption } from './interruption.ts';
import type { Terminal } from './terminal.ts';

/** The parts of its process that a program which runs nodes uses. */
export interface ProcessContext {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The checkout: where the sources, the packages and the cache are. */
  readonly root: string;
  /** The Node to run services with. */
  readonly node: string;
  /** Takes over Ctrl-C and SIGTERM. For work that has something to stop; all other work simply ends. */
  interruption(): Interruption;
  /** How long this process has run, in milliseconds. */
  sinceStartMs(): number;
}
