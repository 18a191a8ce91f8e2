/** How somebody gets access to a platform: for `setup` and the documentation. Written from the vendor's own pages. */
export interface CredentialGuide {
  /** One is enough; where several can stand side by side, each opens more. The usual one comes first. */
  ways: readonly CredentialWay[];
}

export interface CredentialWay {
  /** What the vendor calls it. */
  title: string;
  /** What it is good for, in one sentence. */
  use: string;
  /** Settings of the platform that a person is asked for, in this order. */
  settings: readonly string[];
  /** A setting -> another one that some have in its place, and that is not asked for. */
  instead?: Readonly<Record<string, string>>;
  /** What to do where, one sentence each. Words in bold are those on the screen. */
  steps: readonly string[];
  /** Page of the vendor that says so. */
  source: string;
  /** Address of the page where it is made, where every account has the same. */
  page?: string;
  /** The setting is the private half of an RSA key pair that can be made here, its public half registered there. */
  keyPair?: string;
}
