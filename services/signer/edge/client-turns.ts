import { OneAtATime } from '#libs/service/one-at-a-time.ts';
import { SignerError } from '../words/errors.ts';

/**
 * What each client has under way, by its name in the matrix: so that whatever one of them does, the others find their
 * places free. As many entries as the matrix has clients.
 */
export class ClientTurns {
  readonly #callsMax: number;
  readonly #calls = new Map<string, number>();
  readonly #uploads = new Map<string, OneAtATime>();

  constructor(callsMax: number) {
    this.#callsMax = callsMax;
  }

  /** Does `work` if this client has a place free. @throws SignerError `SIGNER_OVERLOADED`. */
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

  /** Does `work` after the uploads of this client that came before: until then nothing of it is read. */
  upload<Result>(client: string, work: () => Promise<Result>): Promise<Result> {
    const turns = this.#uploads.get(client) ?? new OneAtATime();
    this.#uploads.set(client, turns);
    return turns.run(work);
  }
}
