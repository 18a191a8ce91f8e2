/** What replicas tell each other, for those who are there: nothing is kept. */
export interface Messages {
  /** Name of this process among them. */
  readonly replica: string;
  /** False where nobody of that name is there, or nothing can be told. */
  tell(replica: string, message: Message): Promise<boolean>;
  /** To every other one. */
  tellAll(message: Message): Promise<void>;
  hear(listener: (message: Message) => void): void;
}

/** It goes through JSON. */
export interface Message {
  /** What it is about. */
  topic: string;
  session: string;
  /** Of the protocol. */
  body: unknown;
}

/** Of a process that shares nothing with others. */
export const noMessages = (replica: string): Messages => ({
  replica,
  tell: async () => false,
  async tellAll() {},
  hear() {},
});
