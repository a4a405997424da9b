import { StringDecoder } from 'node:string_decoder';

/** The part of a terminal that is used, `process.stdin` and `process.stdout` are one. */
export interface Terminal {
  input: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'resume' | 'pause' | 'on' | 'off'>;
  output: Pick<NodeJS.WriteStream, 'write'>;
}

export interface Credentials {
  user: string;
  password: string;
}

/** Nobody can be asked, or who was asked left. */
export class NotAnswered extends Error {}

const ENTER = /[\r\n]/;
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const BACKSPACE = ['\x7f', '\b'];
const MAX_CHARACTERS = 1000;

/**
 * Asks a user's name and password on the terminal, for what is not in the settings. They are given back and kept nowhere; the password is not shown, and
 * nothing of it is told in errors.
 *
 * @throws NotAnswered without a terminal, at Ctrl-C, and for an empty answer.
 */
export async function askCredentials(
  what: string,
  known: Partial<Credentials> = {},
  terminal: Terminal = { input: process.stdin, output: process.stdout },
): Promise<Credentials> {
  const user = known.user ?? (await ask(terminal, `${what}, user: `, true));
  const password = known.password ?? (await ask(terminal, `${what}, password of ${user} (not shown): `, false));
  return { user, password };
}

async function ask({ input, output }: Terminal, question: string, shown: boolean): Promise<string> {
  if (!input.isTTY) throw new NotAnswered('There is no terminal to ask on.');
  output.write(question);
  // Raw: the terminal itself must not show what is typed.
  input.setRawMode(true);
  try {
    const answer = await typed(input, (text) => shown && output.write(text));
    if (answer === '') throw new NotAnswered('Nothing was answered.');
    return answer;
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}

function typed(input: Terminal['input'], show: (text: string) => void): Promise<string> {
  const decoder = new StringDecoder('utf8');
  return new Promise((resolve, reject) => {
    const characters: string[] = [];
    const settle = (end: () => void): void => {
      input.off('data', take);
      input.off('end', leave);
      end();
    };
    const leave = (): void => settle(() => reject(new NotAnswered('The question was left.')));
    function take(chunk: Buffer | string): void {
      for (const character of typeof chunk === 'string' ? chunk : decoder.write(chunk)) {
        if (ENTER.test(character)) return settle(() => resolve(characters.join('')));
        if (character === CTRL_C || character === CTRL_D) return leave();
        if (BACKSPACE.includes(character)) {
          if (characters.pop() !== undefined) show('\b \b');
        } else if (character >= ' ' && characters.length < MAX_CHARACTERS) {
          characters.push(character);
          show(character);
        }
      }
    }
    input.on('data', take);
    input.on('end', leave);
    input.resume();
  });
}
