import { Fault } from '../../base/errors.ts';
import { print, type Terminal } from '../terminal.ts';

interface Question {
  message: string;
  /** What answers it on a command line, for whoever is not there to be asked. */
  flag: string;
}

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  hint?: string;
}

/** What setup asks the person in front of it. Each rejects with `cancelled` when the person presses Ctrl-C. */
export interface Questions {
  /** Somebody is there. Where nobody is, every question rejects with `bad_arguments`, naming its flag. */
  someone: boolean;
  /** A paragraph. */
  tell(text: string): void;
  /** Something to be copied: lines as they are. */
  show(text: string): void;
  text(question: Question & { placeholder?: string; validate(given: string): string | undefined }): Promise<string>;
  secret(question: Question): Promise<string>;
  choose<Value extends string>(question: Question & { options: Choice<Value>[]; initial?: Value }): Promise<Value>;
  chooseSome<Value extends string>(
    question: Question & { options: Choice<Value>[]; initial?: Value[]; required?: boolean },
  ): Promise<Value[]>;
  agree(question: Question & { initial: boolean }): Promise<boolean>;
}

const cancelled = () =>
  new Fault({
    code: 'cancelled',
    message: 'Interrupted.',
    hint: 'Nothing was written. Run setup again when you like.',
  });

export async function askPerson({ stdin, stdout, signal }: Terminal): Promise<Questions> {
  const { clack } = await import('./libraries.ts');
  const streams = { input: stdin, output: stdout, signal };
  const answered = async <Answer>(asked: Promise<Answer | typeof clack.CANCEL_SYMBOL>): Promise<Answer> => {
    const answer = await asked;
    if (clack.isCancel(answer)) throw cancelled();
    return answer as Answer;
  };
  return {
    someone: true,
    tell: text => clack.log.message(text, { output: stdout }),
    show: text => print(stdout, text),
    text: ({ message, placeholder = '', validate }) =>
      answered<string>(
        clack.text({ ...streams, message, placeholder, validate: (given = '') => validate(given.trim()) }),
      ).then(given => given.trim()),
    secret: ({ message }) =>
      answered<string>(
        clack.password({ ...streams, message, validate: given => (given?.trim() ? undefined : 'It is needed.') }),
      ).then(given => given.trim()),
    choose: <Value extends string>({
      message,
      options,
      initial,
    }: {
      message: string;
      options: Choice<Value>[];
      initial?: Value;
    }) =>
      answered<Value>(
        clack.select({
          ...streams,
          message,
          options: options as never[],
          ...(initial ? { initialValue: initial } : {}),
        }),
      ),
    chooseSome: <Value extends string>({
      message,
      options,
      initial = [],
      required = true,
    }: {
      message: string;
      options: Choice<Value>[];
      initial?: Value[];
      required?: boolean;
    }) =>
      answered<Value[]>(
        clack.multiselect({ ...streams, message, options: options as never[], initialValues: initial, required }),
      ),
    agree: ({ message, initial }) => answered<boolean>(clack.confirm({ ...streams, message, initialValue: initial })),
  };
}

/** For scripts: everything has to be said by flags. */
export function askNobody({ stdout }: Pick<Terminal, 'stdout'>, quiet: boolean): Questions {
  const unanswered = async ({ message, flag }: Question): Promise<never> => {
    throw new Fault({
      code: 'bad_arguments',
      message: `Nobody is here to be asked: ${message}`,
      hint: `Give ${flag}. In a terminal, data-platforms-mcp setup asks.`,
    });
  };
  const say = (text: string) => {
    if (!quiet) print(stdout, text);
  };
  return {
    someone: false,
    tell: say,
    show: say,
    text: unanswered,
    secret: unanswered,
    choose: unanswered,
    chooseSome: unanswered,
    agree: unanswered,
  };
}
