import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '#libs/bytes/sha256.ts';
import { Backoff } from '#libs/client/backoff.ts';
import { RETRY_LIMITS } from '#services/launcher/words/limits.ts';
import { nodeFailed } from './errors.ts';
import { FinalWatch } from './final-watch.ts';
import { followHeads } from './head-feed.ts';
import { ask, askMany } from './rpc.ts';
import { type BlockHead, submittedIn, transactionsIn } from './rpc-answers.ts';

interface Numbered {
  readonly transaction: Uint8Array;
  readonly hash: string;
  readonly final: Promise<void>;
}

/** Hands transactions to nodes of CometBFT, and hears from each node which blocks are final there. */
export class CometbftClient {
  readonly #addresses: readonly string[];
  readonly #watch: FinalWatch;
  readonly #broken = Promise.withResolvers<never>();
  readonly #feeds: { close(): void }[] = [];

  private constructor(addresses: readonly string[]) {
    this.#addresses = addresses;
    this.#watch = new FinalWatch(addresses.length);
    this.#broken.promise.catch(() => {}); // Each call that waits races with it.
  }

  static async connect(addresses: readonly string[]): Promise<CometbftClient> {
    const client = new CometbftClient(addresses);
    const feeds = await Promise.all(
      addresses.map((address, node) =>
        followHeads(address, {
          told: (head) => client.#told(node, head),
          failed: client.#broken.reject,
        }),
      ),
    );
    client.#feeds.push(...feeds);
    return client;
  }

  close(): void {
    for (const feed of this.#feeds) feed.close();
  }

  /**
   * Hands one batch to a node, and waits until all of it is final there, or the time is over. A full mempool is tried again.
   * @throws CometbftError when the node refuses one for good, or says something that cannot be.
   */
  async handIn(node: number, transactions: readonly Uint8Array[], deadlineMs: number) {
    const endMs = performance.now() + deadlineMs;
    const backoff = new Backoff(RETRY_LIMITS);
    const taken: Promise<void>[] = [];
    let triedAgain = 0;
    for (let left = transactions; left.length > 0 && performance.now() < endMs; ) {
      const numbered = left.map((transaction) => this.#numbered(node, transaction));
      const full = await this.#submit(node, numbered);
      taken.push(...numbered.filter((each) => !full.includes(each)).map(({ final }) => final));
      left = full.map(({ transaction }) => transaction);
      triedAgain += left.length;
      if (left.length > 0) await sleep(backoff.nextMs());
    }
    return { final: await this.#countFinal(taken, endMs), triedAgain };
  }

  #numbered(node: number, transaction: Uint8Array): Numbered {
    const hash = Buffer.from(sha256(transaction)).toString('hex');
    return { transaction, hash, final: this.#watch.whenFinal(hash, node) };
  }

  /** @returns those for which the node has no room. */
  async #submit(node: number, numbered: readonly Numbered[]): Promise<readonly Numbered[]> {
    const calls = numbered.map(({ transaction }) => ({
      method: 'broadcast_tx_sync',
      params: { tx: Buffer.from(transaction).toString('base64') },
    }));
    const results = submittedIn(await this.#orBroken(askMany(this.#addressOf(node), calls)), calls.length);
    return numbered.filter(({ hash }, at) => {
      const result = results[at];
      if (result?.kind === 'refused')
        throw nodeFailed(`node ${node} of CometBFT refuses a transaction: ${result.reason}`);
      if (result?.kind === 'full') this.#watch.forget(hash);
      return result?.kind === 'full';
    });
  }

  async #countFinal(taken: readonly Promise<void>[], endMs: number): Promise<number> {
    let final = 0;
    const all = Promise.all(
      taken.map(async (each) => {
        await each;
        final += 1;
      }),
    );
    const late = new AbortController();
    const time = sleep(Math.max(1, endMs - performance.now()), undefined, { signal: late.signal });
    time.catch(() => {}); // All was final before.
    try {
      await this.#orBroken(Promise.race([all, time]));
      return final;
    } finally {
      late.abort();
    }
  }

  #told(node: number, head: BlockHead): void {
    if (this.#watch.told(node, head)) this.#readBlock(node, head).catch(this.#broken.reject);
  }

  async #readBlock(node: number, { height }: BlockHead): Promise<void> {
    const block = { method: 'block', params: { height: String(height) } };
    const transactions = transactionsIn(await ask(this.#addressOf(node), block));
    this.#watch.read(height, transactions.map(sha256));
  }

  #orBroken<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#broken.promise]);
  }

  #addressOf(node: number): string {
    const address = this.#addresses[node];
    if (address === undefined) throw new Error(`there is no node ${node}`);
    return address;
  }
}
