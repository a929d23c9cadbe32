/** The source of a queue, which the queue pauses and resumes. */
export interface QueueSource {
  /** Called when the queue is full. Messages already under way may still be pushed. */
  pause(): void;
  /** Called when the queue has room again. */
  resume(): void;
  /** Called when the reader leaves before the end. */
  abandoned?(): void;
}

/**
 * Messages of a stream on their way from events to one reader's `for await`. Holds few messages: the source is
 * paused while the reader lags.
 */
export class MessageQueue<Message> implements AsyncIterableIterator<Message> {
  readonly #source: QueueSource;
  readonly #capacity: number;
  readonly #messages: Message[] = [];
  #waiting: PromiseWithResolvers<IteratorResult<Message>> | undefined;
  #paused = false;
  #ended = false;
  #failure: Error | undefined;

  constructor(capacity: number, source: QueueSource) {
    this.#capacity = capacity;
    this.#source = source;
  }

  push(message: Message): void {
    if (this.#ended) return;
    if (this.#waiting !== undefined) {
      this.#waiting.resolve({ done: false, value: message });
      this.#waiting = undefined;
      return;
    }
    this.#messages.push(message);
    if (this.#messages.length >= this.#capacity && !this.#paused) {
      this.#paused = true;
      this.#source.pause();
    }
  }

  /** Ends the queue. The reader gets the queued messages, and then the failure, if there is one. */
  end(failure?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    if (this.#waiting === undefined) return;
    this.#settle(this.#waiting);
    this.#waiting = undefined;
  }

  next(): Promise<IteratorResult<Message>> {
    const taken = this.#messages.shift();
    if (taken !== undefined) {
      this.#makeRoom();
      return Promise.resolve({ done: false, value: taken });
    }
    const waiting = Promise.withResolvers<IteratorResult<Message>>();
    if (this.#ended) this.#settle(waiting);
    else this.#waiting = waiting;
    return waiting.promise;
  }

  /** The reader leaves: queued messages are dropped. */
  return(): Promise<IteratorResult<Message>> {
    this.#messages.length = 0;
    this.#failure = undefined;
    if (!this.#ended) this.#source.abandoned?.();
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #makeRoom(): void {
    if (!this.#paused || this.#messages.length > this.#capacity / 2) return;
    this.#paused = false;
    this.#source.resume();
  }

  /** The failure is reported once; after it the queue is simply at its end. */
  #settle(waiting: PromiseWithResolvers<IteratorResult<Message>>): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === undefined) waiting.resolve({ done: true, value: undefined });
    else waiting.reject(failure);
  }
}
