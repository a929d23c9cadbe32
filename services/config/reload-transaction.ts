import type { Logger } from '#libs/log/logger.ts';
import type { SettledService } from '#libs/settings/key-table.ts';
import type { Configuration } from './core/configuration.ts';
import type { Participant } from './ports.ts';

/** Services that others depend on come first, and are the last to roll back. */
const DEPENDENCY_ORDER: readonly SettledService[] = ['config', 'signer', 'gateway', 'consensus'];

export interface ReloadTransaction {
  readonly proposal: Configuration;
  readonly participants: readonly Participant[];
  /** Called between the last prepare and the first commit, for work that must precede every change. May throw. */
  readonly beforeCommit: () => Promise<void>;
  /** The moment it is decided: from here on the proposal is in force. */
  readonly decided: () => void;
  readonly rollingBack: () => void;
  readonly log: Logger;
}

/**
 * Brings a proposal into force in every participant or in none (P2P-57): prepare in the order of dependency, then
 * commit in the same order, or roll all back in reverse.
 *
 * @throws the error that made it roll back; then every participant is as it was.
 */
export async function transact(transaction: ReloadTransaction): Promise<void> {
  const { proposal, participants, beforeCommit, decided, rollingBack, log } = transaction;
  const ordered = participants.toSorted((a, b) => rank(a) - rank(b));
  const asked: Participant[] = [];
  try {
    for (const participant of ordered) {
      asked.push(participant);
      await participant.prepare(proposal);
    }
    await beforeCommit();
  } catch (error) {
    rollingBack();
    for (const participant of asked.toReversed()) await quietly(participant, 'rollBack', log);
    throw error;
  }
  decided();
  for (const participant of ordered) await quietly(participant, 'commit', log);
}

function rank({ service }: Participant): number {
  return DEPENDENCY_ORDER.indexOf(service);
}

/**
 * Runs a step that cannot fail the transaction: after the decision nobody can change it. A service that fails
 * now is cut off, and applies the configuration in force on coming back.
 */
async function quietly(participant: Participant, step: 'commit' | 'rollBack', log: Logger): Promise<void> {
  try {
    await participant[step]();
  } catch (error) {
    log.error('a service did not follow a reload and is told anew', error, {
      participant: participant.service,
      step,
    });
  }
}
