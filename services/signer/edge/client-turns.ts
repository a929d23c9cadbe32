import { OneAtATime } from '#libs/service/one-at-a-time.ts';
import { SignerError } from '../words/errors.ts';

/**
 * The calls that each client has under way, by its name in the matrix: a busy client leaves the turns of the
 * others free. The map has as many entries as the matrix has clients.
 */
export class ClientTurns {
  readonly #callsMax: number;
  readonly #calls = new Map<string, number>();
  readonly #uploads = new Map<string, OneAtATime>();

  constructor(callsMax: number) {
    this.#callsMax = callsMax;
  }

  /** Runs `work` if this client has a free turn. @throws SignerError `SIGNER_OVERLOADED`. */
  async call<Result>(client: string, work: () => Promise<Result>): Promise<Result> {
    const open = this.#calls.get(client) ?? 0;
    if (open >= this.#callsMax) {
      throw new SignerError('too many calls at one time', { code: 'SIGNER_OVERLOADED', waiting: open });
    }
    this.#calls.set(client, open + 1);
    try {
      return await work();
    } finally {
      this.#calls.set(client, (this.#calls.get(client) ?? 1) - 1);
    }
  }

  /** Runs `work` after this client's earlier uploads: until then none of its bytes are read. */
  upload<Result>(client: string, work: () => Promise<Result>): Promise<Result> {
    const turns = this.#uploads.get(client) ?? new OneAtATime();
    this.#uploads.set(client, turns);
    return turns.run(work);
  }
}
