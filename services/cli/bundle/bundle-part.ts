/** A file of the bundle, before secrets are taken out of it. */
export interface BundleFile {
  /** Below the folder of the bundle. */
  readonly path: string;
  readonly text: string;
  /** Why it is not the whole; left out for a whole one. */
  readonly cut?: string | undefined;
}

/** One thing that a bundle tells. */
export interface BundlePart {
  readonly name: string;
  /** @throws with the reason why it cannot be had. */
  readonly collect: () => Promise<readonly BundleFile[]>;
}

/** A part, or a piece of one, that is not in the bundle. */
export interface MissingPart {
  readonly part: string;
  readonly reason: string;
}
