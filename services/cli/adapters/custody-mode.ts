import { AppError } from '#libs/errors/app-error.ts';
import { withSignerAdmin } from '#services/launcher/adapters/signer-admin.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { recordFacts } from '#services/signer/ceremony/record-facts.ts';

type CustodyMode = Awaited<ReturnType<typeof recordFacts>>['state']['mode'];

/** Whether a key signs; `mode` is undefined for a signer that runs and has no admin socket to ask on. */
export interface KeyStanding {
  readonly isRunning: boolean;
  readonly mode: CustodyMode | undefined;
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
    return { isRunning: false, mode: isSetBack ? 'quarantined' : state.mode };
  } catch (error) {
    if (!isInUse(error)) throw error;
    return { isRunning: true, mode: socket === undefined ? undefined : await askedMode(socket) };
  }
}

async function askedMode(socket: string): Promise<CustodyMode | undefined> {
  try {
    const { mode } = await withSignerAdmin(socket, (admin) => admin.getCustody());
    return (['active', 'quarantined', 'retired'] as const).find((each) => each === mode);
  } catch (error) {
    if (error instanceof CliError && error.detail.code === 'CLI_UNREACHABLE') return undefined;
    throw error;
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof AppError && 'code' in error.detail && error.detail.code === 'DATABASE_LOCKED';
}
