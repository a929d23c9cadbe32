import type { Digest } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { CertificateShelf } from '#libs/protocol/hosting/description.ts';
import type { LeaveCertificate } from '#libs/protocol/leave-certificate.ts';

/** A shelf that remembers which certificates were put on it, or taken from it: those that one record names. */
export class NamingShelf implements CertificateShelf {
  readonly #shelf: CertificateShelf;
  readonly #named = new Set<Digest>();

  constructor(shelf: CertificateShelf) {
    this.#shelf = shelf;
  }

  get named(): ReadonlySet<Digest> {
    return this.#named;
  }

  put(certificate: QuorumCertificate): Digest {
    return this.#name(this.#shelf.put(certificate));
  }

  putLeave(certificate: LeaveCertificate): Digest {
    return this.#name(this.#shelf.putLeave(certificate));
  }

  get(digest: Digest): QuorumCertificate {
    return this.#shelf.get(this.#name(digest));
  }

  getLeave(digest: Digest): LeaveCertificate {
    return this.#shelf.getLeave(this.#name(digest));
  }

  #name(digest: Digest): Digest {
    this.#named.add(digest);
    return digest;
  }
}
