/** The facts of a foreseen failure: a stable code, and the numbers that a diagnosis needs. */
export interface ErrorDetail {
  readonly code: string;
  /** Facts that a caller at the other end of a connection can act on; they travel beside the code. */
  readonly trailer?: Readonly<Record<string, string>>;
}

/**
 * A failure we foresaw. `detail.code` is the contract: callers branch on it, logs count it and the gRPC adapter maps
 * it. `message` is for people: it names the fault and the remedy, and may change.
 */
export class AppError<Detail extends ErrorDetail = ErrorDetail> extends Error {
  override readonly name: string = 'AppError';
  readonly detail: Detail;

  constructor(message: string, detail: Detail, options?: ErrorOptions) {
    super(message, options);
    this.detail = detail;
  }
}
