/**
 * The options that complete a command. `member`: those that name the member to a client, as `--address` does. `home`: the home of the
 * member on its own host, which a client far away does not know. `complete`: none.
 */
export type CommandPlace = 'member' | 'home' | 'complete';

/** A command of `btcfed` to be typed next. */
export interface NextCommand {
  /** The words after `btcfed`. */
  readonly words: readonly string[];
  readonly place: CommandPlace;
}

function at(place: CommandPlace, ...words: readonly string[]): NextCommand {
  return { words, place };
}

/** The commands that findings name. Tests of the tool type each of them. */
export const COMMANDS_TO_TYPE = {
  /** The fault of the settings, with the line. */
  checkSettings: at('home', 'config', 'validate'),
  showSettings: at('home', 'config', 'show', '--effective'),
  startNode: at('home', 'node'),
  /** The height behind which it stopped is none any more. */
  goOn: at('home', 'consensus', 'halt', '--clear'),
  /** A member that was drained and not stopped takes transactions again. */
  takeTransactions: at('home', 'node', 'drain', '--cancel'),
  /** Whether this machine is fit: disk, ports, certificates, clock. */
  examineHost: at('home', 'doctor'),
  /** How a home is bound to a chain. */
  explainInit: at('complete', 'init', '--help'),
  unlockSigner: at('home', 'signer', 'unlock'),
  /** Its state, with what to do so that it signs. */
  askSigner: at('home', 'signer', 'status'),
  /** Which key is at work, which step to a new one is next, and what to type for it. */
  renewKey: at('home', 'signer', 'rotate', 'status'),
  /** The peers as the gateway sees them, with why each is not connected. */
  listPeers: at('home', 'peers', 'list'),
  listMembers: at('member', 'members', 'list'),
  listEvidence: at('member', 'evidence', 'list'),
  askStatus: at('member', 'status'),
} as const satisfies Readonly<Record<string, NextCommand>>;
