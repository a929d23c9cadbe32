/** A path on the way to a private file that lets others in. */
export interface Exposure {
  /** The file itself, or a folder that it lies in. */
  readonly path: string;
  /** The path, its mode and the harm. */
  readonly found: string;
  /** The command that ends it. */
  readonly cure: string;
}

/** An exposure as one sentence with the cure. */
export function exposureText({ found, cure }: Exposure): string {
  return `${found}: ${cure}`;
}
