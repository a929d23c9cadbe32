import { AppError } from '#libs/errors/app-error.ts';
import { withSignerAdmin } from '#services/launcher/adapters/signer-admin.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { recordFacts } from '#services/signer/ceremony/record-facts.ts';

type CustodyMode = Awaited<ReturnType<typeof recordFacts>>['state']['mode'];

/**
 * Whether a key signs; `mode` is undefined for a signer that runs and has no admin socket to ask on. A key is known to be
 * locked from a running signer alone: a stopped one asks for the passphrase at its start.
 */
export interface KeyStanding {
  readonly isRunning: boolean;
  readonly mode: CustodyMode | undefined;
  readonly isLocked: boolean;
}

export interface SignerPlace {
  readonly folder: string;
  readonly mirror?: string | undefined;
  /** Admin socket, where there may be one. */
  readonly socket: string | undefined;
}

/**
 * The mode of the record, or of the signer that holds the record. A record that contradicts its mirror is in
 * quarantine.
 */
export async function keyStanding({ folder, mirror, socket }: SignerPlace): Promise<KeyStanding> {
  try {
    const { state, fault } = await recordFacts({ folder, mirror });
    const isSetBack = state.mode === 'active' && fault !== undefined;
    return { isRunning: false, mode: isSetBack ? 'quarantined' : state.mode, isLocked: false };
  } catch (error) {
    if (!isInUse(error)) throw error;
    return { isRunning: true, ...(socket === undefined ? NO_ANSWER : await askedStanding(socket)) };
  }
}

const NO_ANSWER = { mode: undefined, isLocked: false } as const;

async function askedStanding(socket: string): Promise<Omit<KeyStanding, 'isRunning'>> {
  try {
    const { mode, locked } = await withSignerAdmin(socket, (admin) => admin.getCustody());
    const known = (['active', 'quarantined', 'retired'] as const).find((each) => each === mode);
    return { mode: known, isLocked: locked };
  } catch (error) {
    if (error instanceof CliError && error.detail.code === 'CLI_UNREACHABLE') return NO_ANSWER;
    throw error;
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof AppError && 'code' in error.detail && error.detail.code === 'DATABASE_LOCKED';
}
